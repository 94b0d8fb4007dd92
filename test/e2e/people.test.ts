import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { addPeople, BORIS, MIRA } from '../support/app-people.ts';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import type { FakeTelegramOptions } from '../support/fake-telegram.ts';
import { describeIf } from '../support/needs.ts';
import { callsOf, DESKTOP, emit, launchOf, openPage, PHONE, picture, pressMain } from '../support/telegram-page.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

const OLGA = { id: 701, name: 'Olga' };

describeIf(CHROMIUM !== undefined, 'it needs Chromium')('Access in the Mini App', () => {
  let test: TestWorld;
  let browser: Browser;
  let owner: Person;
  let harbour: string;

  beforeAll(async () => {
    buildWebApp();
    [test, browser] = await Promise.all([startWorld({ env: { SUPER_ADMIN_IDS: `${SUPER_ADMIN},${OLGA.id}` } }), startBrowser()]);
    owner = await test.person(OLGA.id, OLGA.name);
    const login = { host: '127.0.0.1', port: 2299, username: 'root', authMethod: 'password', password: 'x'.repeat(12) };
    harbour = (await owner.post('/servers', { name: 'Harbour', ...login })).body.id;
    await addPeople(test, OLGA, harbour);
  });
  afterAll(async () => {
    await browser?.close();
    await test?.[Symbol.asyncDispose]();
  });

  const open = async (
    path: string,
    person: { id: number; name: string; language?: string } = OLGA,
    telegram: Partial<FakeTelegramOptions> & { authDate?: number } = {},
  ): Promise<Page> => {
    const { page } = await openPage(browser, test.url + path, { telegram: launchOf(person, telegram) });
    page.setDefaultTimeout(10_000);
    return page;
  };
  /** Looked at by eyes on a phone and on a desktop, and by axe. */
  const look = async (page: Page, name: string): Promise<void> => {
    for (const [size, viewport] of [['phone', PHONE] as const, ['desktop', DESKTOP] as const]) {
      await page.setViewportSize(viewport);
      await picture(page, `${size}-${name}`);
    }
    await page.setViewportSize(PHONE);
    expect(await seriousFindings(page)).toEqual([]);
  };
  const done = (page: Page): Promise<void> => page.context().close();
  const rolesNow = async (): Promise<Record<string, string>> => {
    const { members } = (await owner.get(`/servers/${harbour}/access`)).body as { members: { userId: string; role: string }[] };
    return Object.fromEntries(members.map(({ userId, role }) => [userId, role]));
  };

  it("changes a member's role for a time, in a sheet that the back button closes (U18)", async () => {
    const page = await open(`/servers/${harbour}/access`);
    await page.getByRole('button', { name: /Mira/ }).click();
    await page.getByRole('dialog').getByText('Also sets up, restarts').waitFor();
    await look(page, 'member-sheet');
    await emit(page, 'back_button_pressed');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /Mira/ }).click();
    await page.getByLabel(/^admin/).check();
    await page.getByLabel('How long').selectOption('hours');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /Mira.*admin/ }).waitFor();
    expect((await rolesNow())[String(MIRA.id)]).toBe('admin');
    const { members } = (await owner.get(`/servers/${harbour}/access`)).body;
    const { expiresAt } = members.find(({ userId }: { userId: string }) => userId === String(MIRA.id));
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 3_600_000)).toBe(4);
    await done(page);
  });

  it('ends an access only after it has asked, and the row goes (U16, U18)', async () => {
    await owner.post(`/servers/${harbour}/access`, { userId: '7160000000', role: 'viewer' });
    const page = await open(`/servers/${harbour}/access`);
    await page.getByRole('button', { name: /7160000000/ }).click();
    await page.getByRole('button', { name: 'End access' }).click();
    await page.getByRole('button', { name: /7160000000/ }).waitFor({ state: 'detached' });
    expect((await callsOf(page, 'web_app_open_popup')).at(-1)?.['buttons']).toContainEqual({
      id: 'ok',
      type: 'destructive',
      text: 'End access',
    });
    expect(await rolesNow()).not.toHaveProperty('7160000000');
    await page.waitForFunction(() => (history.state as { sheet?: string } | null)?.sheet === undefined);
    await done(page);
  });

  it('makes an invitation as a link, a QR code and a message in Telegram, and says before it is lost (U18, U15)', async () => {
    const page = await open(`/servers/${harbour}/access`);
    await pressMain(page, 'Invite somebody');
    await page.getByLabel(/^admin/).check();
    await page.getByLabel('How long').selectOption('hours');
    await page.getByLabel('Only for this Telegram id').fill('Vera');
    await page.getByLabel('How long').focus();
    expect((await callsOf(page, 'web_app_setup_main_button')).at(-1)).toMatchObject({ is_active: false });
    expect(await page.locator('.reason').textContent()).toContain('That is not a Telegram id');
    await page.getByLabel('Only for this Telegram id').fill('');
    await pressMain(page, 'Make the link');
    await page.locator('svg.qr path[d^=M]').waitFor();
    const link = (await page.locator('code.line').textContent()) ?? '';
    expect(link).toMatch(/^https:\/\/t\.me\/clawmoor_bot\?startapp=inv_[\w-]{16,}$/);
    await look(page, 'invite-ready');
    expect((await callsOf(page, 'web_app_setup_closing_behavior')).at(-1)).toEqual({ need_confirmation: true });
    await pressMain(page, 'Send in Telegram');
    const [{ path_full } = {}] = await callsOf(page, 'web_app_open_tg_link');
    const shared = new URL(String(path_full), 'https://t.me');
    expect([shared.pathname, shared.searchParams.get('url'), shared.searchParams.get('text')]).toEqual([
      '/share/url',
      link,
      'Join “Harbour” in Clawmoor as admin:',
    ]);
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Access' }).waitFor();
    await page.getByText('access until').first().waitFor();
    await done(page);
  });

  it('voids an invitation', async () => {
    const { id } = (await owner.post(`/servers/${harbour}/invitations`, { role: 'viewer', forUserId: '7170000000' })).body;
    const page = await open(`/servers/${harbour}/access`);
    await page.locator('li.row', { hasText: '7170000000' }).getByRole('button', { name: 'Make it void' }).click();
    await expect
      .poll(async () => (await owner.get(`/servers/${harbour}/invitations`)).body.invitations.find((one: { id: string }) => one.id === id))
      .toMatchObject({ state: 'void' });
    await page.locator('li.row', { hasText: '7170000000' }).getByText('void', { exact: true }).waitFor({ state: 'attached' });
    await done(page);
  });

  it('opens an invitation from its link: who, which server, which role; the code stays out of the address (checklist 12, 13)', async () => {
    const made = (await owner.post(`/servers/${harbour}/invitations`, { role: 'viewer' })).body;
    const nina = { id: 720, name: 'Nina' };
    const page = await open('/', nina, { startParam: `inv_${made.code}` });
    await page.getByText('Olga invites you').waitFor();
    await page.getByText('Sees state, agents, tasks and their logs').waitFor();
    expect(await page.evaluate(() => location.pathname)).toBe('/invitation');
    await look(page, 'invitation-offered');
    await page.reload();
    await page.getByText('Olga invites you').waitFor();
    await pressMain(page, 'Accept');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    expect((await rolesNow())['720']).toBe('viewer');
    await emit(page, 'back_button_pressed');
    await page.locator('a.card.server').waitFor();
    await done(page);

    const late = await open('/', { id: 721, name: 'Late' }, { startParam: `inv_${made.code}` });
    await late.getByRole('alert').waitFor();
    await look(late, 'invitation-used');
    await late.getByRole('button', { name: 'Enter another code' }).click();
    await late.getByLabel('Code of the invitation').fill('short');
    expect((await callsOf(late, 'web_app_setup_main_button')).at(-1)).toMatchObject({ text: 'Continue', is_active: false });
    const other = (await owner.post(`/servers/${harbour}/invitations`, { role: 'viewer' })).body;
    await late.getByLabel('Code of the invitation').fill(other.link);
    await pressMain(late, 'Continue');
    await late.getByText('Olga invites you').waitFor();
    await late.getByRole('button', { name: 'Not now' }).click();
    await late.getByText('No server yet').waitFor();
    expect(await rolesNow()).not.toHaveProperty('721');
    await done(late);
  });

  it.each(['Allow', 'Deny'])('shows which command line asks, and lets a person %s it', async (answer) => {
    const started = (await test.request('POST', '/auth/device', { body: {}, headers: { 'user-agent': 'clawmoor/1.0 (linux)' } })).body;
    const page = await open('/', OLGA, { startParam: `dev_${String(started.userCode).replace('-', '')}` });
    await page.getByText(started.userCode).waitFor();
    await page.getByText('clawmoor/1.0 (linux)').waitFor();
    await page.getByText('Allow only what you have started yourself').waitFor();
    if (answer === 'Allow') {
      await look(page, 'device-asks');
      await page.getByLabel(/^Look/).check();
      await pressMain(page, 'Allow');
      await page.getByText('The command line goes on by itself').waitFor();
      await page.reload();
      await page.getByText('Allowed.').waitFor();
      const token = (await test.request('POST', '/auth/device/token', { body: { deviceCode: started.deviceCode } })).body;
      expect(token.scope).toBe('read');
    } else {
      await page.getByRole('button', { name: 'Deny' }).click();
      await page.getByText('Denied. It gets nothing.').waitFor();
      const refused = await test.request('POST', '/auth/device/token', { body: { deviceCode: started.deviceCode } });
      expect(refused.body.code).toBe('auth.device_denied');
    }
    await done(page);
  });

  it('hands a server over: proof from the owner, acceptance by the member, and both roles change', async () => {
    const added = (await owner.post('/servers', { name: 'Quay', host: '127.0.0.1', port: 2298, username: 'root', authMethod: 'generated' }))
      .body.id;
    await test.grant(added, String(BORIS.id), 'admin');
    const sixMinutesAgo = Math.floor(Date.now() / 1000) - 360;
    const old = await open(`/servers/${added}/access`, OLGA, { authDate: sixMinutesAgo });
    await old.getByRole('button', { name: /Boris/ }).click();
    await old.getByRole('button', { name: 'Hand the server over' }).click();
    await old.getByRole('dialog').getByText('Boris becomes the owner once they accept').waitFor();
    await old.getByRole('dialog').getByRole('button', { name: 'Hand the server over' }).click();
    await old.getByText('Clawmoor must see that it is you now').waitFor();
    await look(old, 'step-up-too-old');
    await old.getByRole('dialog').getByRole('button', { name: 'Close the app', exact: true }).last().click();
    expect(await callsOf(old, 'web_app_close')).toHaveLength(1);
    await done(old);

    const page = await open(`/servers/${added}/access`);
    await page.getByRole('button', { name: /Boris/ }).click();
    await page.getByRole('button', { name: 'Hand the server over' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Hand the server over' }).click();
    await page.getByText('You have offered this server to Boris').waitFor();

    const boris = await open(`/servers/${added}/access`, BORIS);
    await boris.getByText('Olga wants to hand this server over to you').waitFor();
    await look(boris, 'ownership-offered');
    await boris.getByRole('button', { name: 'Become the owner' }).click();
    await boris.getByText('The owner cannot leave').waitFor();
    await done(boris);
    expect((await owner.get(`/servers/${added}`)).body.role).toBe('admin');
    await emit(page, 'activated');
    await page.getByRole('button', { name: 'Give up my access' }).click();
    await page.locator('a.card.server').first().waitFor();
    expect((await owner.get(`/servers/${added}`)).status).toBe(404);
    await done(page);
  });

  it('in the local trial asks for the name of a server before it is handed over, and says when another one was typed', async () => {
    const env = { APP_DOMAIN: '', TELEGRAM_BOT_TOKEN: '', JWT_SECRET: '', ENCRYPTION_KEY: '', SUPER_ADMIN_IDS: '' };
    await using trial = await startWorld({ env });
    const { token } = (await trial.nobody.post('/auth/trial')).body;
    const login = { host: '127.0.0.1', port: 2299, username: 'root', authMethod: 'generated' };
    const { id } = (await trial.request('POST', '/servers', { token, body: { name: 'Harbour', ...login } })).body;
    const seen = { created_at: Date.now(), last_seen_at: Date.now() };
    const names = { last_name: null, username: 'boris', language_code: null };
    await trial.world.db
      .insertInto('user')
      .values({ id: String(BORIS.id), first_name: BORIS.name, ...names, ...seen })
      .execute();
    await trial.grant(id, String(BORIS.id), 'admin');
    const { page, context } = await openPage(browser, `${trial.url}/servers/${id}/access`);
    page.setDefaultTimeout(10_000);
    await page.getByRole('button', { name: 'Sign in to this trial' }).click();
    await page.getByRole('button', { name: /Boris/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Hand the server over' }).click();
    await dialog.getByLabel(/^Type the name/).fill('Quay');
    await dialog.getByRole('button', { name: 'Hand the server over' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel(/^Type the name/).fill('Harbour');
    await page.keyboard.press('Enter');
    await page.getByText('You have offered this server to Boris').waitFor();
    await context.close();
  });

  it('shows a viewer their own role and the way out, and nobody else (U17)', async () => {
    await test.person(730, 'Vera');
    await test.grant(harbour, '730', 'viewer');
    const page = await open(`/servers/${harbour}/access`, { id: 730, name: 'Vera', language: 'ru' });
    await page.getByText('Видит состояние, агентов').waitFor();
    expect(await page.getByText('Boris').count()).toBe(0);
    expect((await callsOf(page, 'web_app_setup_main_button')).at(-1) ?? { is_visible: false }).toEqual({ is_visible: false });
    await look(page, 'access-viewer');
    await done(page);
  });
});
