import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import type { FakeTelegramOptions } from '../support/fake-telegram.ts';
import { describeIf } from '../support/needs.ts';
import { callsOf, emit, launchOf, openPage, picture, pressMain } from '../support/telegram-page.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const OLGA = { id: 741, name: 'Olga' };

describeIf(CHROMIUM !== undefined, 'it needs Chromium')('Settings in the Mini App', () => {
  let test: TestWorld;
  let browser: Browser;
  let me: Person;
  let harbour: string;

  beforeAll(async () => {
    buildWebApp();
    [test, browser] = await Promise.all([startWorld(), startBrowser()]);
    me = await test.person(OLGA.id, OLGA.name);
    const login = { host: '127.0.0.1', port: 2299, username: 'root', authMethod: 'generated' };
    harbour = (await me.post('/servers', { name: 'Harbour', ...login })).body.id;
  });
  afterAll(async () => {
    await browser?.close();
    await test?.[Symbol.asyncDispose]();
  });

  const open = async (path: string, telegram: Partial<FakeTelegramOptions> = {}, language = 'en'): Promise<Page> => {
    const { page } = await openPage(browser, test.url + path, { telegram: launchOf({ ...OLGA, language }, telegram) });
    page.setDefaultTimeout(10_000);
    return page;
  };
  const look = async (page: Page, name: string): Promise<void> => {
    await picture(page, `phone-${name}`);
    expect(await seriousFindings(page)).toEqual([]);
  };
  const done = (page: Page): Promise<void> => page.context().close();
  const prefs = async () => (await me.get('/me/notification-prefs')).body;

  it('switches kinds, servers and quiet hours, each at once, and keeps them (U8)', async () => {
    const page = await open('/settings/notifications');
    await page.getByLabel('A disk fills up').uncheck();
    await page.getByLabel('A scheduled job failed or was missed').uncheck();
    await page.getByLabel('Harbour').uncheck();
    await page.getByLabel('Keep quiet at these hours').check();
    await page.getByLabel('From').fill('23:30');
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await page.getByLabel('Let critical messages through').uncheck();
    await expect.poll(prefs).toMatchObject({
      muted: false,
      kinds: { disk: false, cron: false },
      mutedServers: [harbour],
      quietHours: { enabled: true, start: '23:30', timeZone: 'Europe/Berlin', allowCritical: false },
    });
    await look(page, 'notifications-quiet');
    await page.reload();
    await page.getByLabel('Time zone').waitFor();
    expect(await page.getByLabel('A disk fills up').isChecked()).toBe(false);
    expect(await page.getByLabel('A server cannot be reached').isChecked()).toBe(true);
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin');
    await done(page);
  });

  it('puts a switch back where the change failed, and says so (checklist 29)', async () => {
    const page = await open('/settings/notifications');
    await page.getByLabel('Memory runs short').waitFor();
    await page.context().route('**/api/me/notification-prefs', (route) =>
      route.request().method() === 'PUT'
        ? route.fulfill({
            status: 500,
            contentType: 'application/json',
            body: '{"error":"Something went wrong on our side","code":"internal.unexpected","requestId":"r"}',
          })
        : route.continue(),
    );
    await page.getByLabel('Memory runs short').click();
    await page.getByRole('alert').waitFor();
    await expect.poll(() => page.getByLabel('Memory runs short').isChecked()).toBe(true);
    await done(page);
  });

  it('asks whether the bot may write when messages are switched on, and takes a no (checklist 21)', async () => {
    const page = await open('/settings/notifications');
    await page.getByText('The bot may not write to you yet').waitFor();
    await page.getByLabel('Send nothing at all').check();
    expect(await callsOf(page, 'web_app_request_write_access')).toEqual([]);
    await page.getByLabel('Send nothing at all').uncheck();
    expect(await callsOf(page, 'web_app_request_write_access')).toHaveLength(1);
    await emit(page, 'write_access_requested', { status: 'cancelled' });
    await page.getByText('You refused.').waitFor();
    await page.getByRole('button', { name: 'Allow messages' }).click();
    await emit(page, 'write_access_requested', { status: 'allowed' });
    await page.getByText('The bot may write to you.', { exact: true }).waitFor();
    expect(await page.getByText('The bot may not write to you yet').count()).toBe(0);
    await expect.poll(async () => (await prefs()).muted).toBe(false);
    await done(page);
    const old = await open('/settings/notifications', { version: '6.0' });
    await old.getByText('Open the bot and press Start').waitFor();
    expect(await old.getByRole('button', { name: 'Allow messages' }).count()).toBe(0);
    await done(old);
  });

  it('tells the server which language a person chose, for the words of the bot (checklist 34)', async () => {
    const page = await open('/settings');
    await page.getByLabel('Русский').check();
    await expect.poll(async () => (await prefs()).language).toBe('ru');
    await done(page);
  });

  it('lists where a person is signed in, ends one session, then all others, and never its own', async () => {
    await test.person(OLGA.id, OLGA.name);
    await test.person(OLGA.id, OLGA.name);
    const page = await open('/settings/sessions');
    await page.getByText('this one').waitFor();
    const rows = page.locator('li.row');
    const before = await rows.count();
    await look(page, 'sessions-several');
    await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await expect.poll(() => rows.count()).toBe(before - 1);
    await pressMain(page, 'Sign out everywhere else');
    await page.getByText('You are signed in nowhere else.').waitFor();
    expect(await rows.count()).toBe(1);
    expect((await callsOf(page, 'web_app_setup_main_button')).at(-1)).toEqual({ is_visible: false });
    me = await test.person(OLGA.id, OLGA.name);
    await done(page);
  });

  it('makes a token, shows it once, says so before it is lost, and ends it (U15)', async () => {
    const page = await open('/settings/tokens');
    await page.getByText('No token yet').waitFor();
    await pressMain(page, 'New token');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Night backup');
    await dialog.getByLabel(/^Work on servers/).check();
    await dialog.getByLabel('How long it lasts').selectOption('30');
    await look(page, 'token-form');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const token = (await page.locator('.notice code').textContent()) ?? '';
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await look(page, 'token-made');
    const asked = await test.request('GET', '/me', { token });
    expect(asked.body.id).toBe(String(OLGA.id));
    expect(asked.text).toContain('Olga');
    expect((await callsOf(page, 'web_app_setup_closing_behavior')).at(-1)).toEqual({ need_confirmation: true });
    await pressMain(page, 'I have copied it');
    await page.getByText(token).waitFor({ state: 'detached' });
    const [made] = (await me.get('/me/tokens')).body.tokens;
    expect(made).toMatchObject({ name: 'Night backup', scope: 'write' });
    expect(Math.round((Date.parse(made.expiresAt) - Date.now()) / 86_400_000)).toBe(30);
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('No token yet').waitFor();
    expect((await test.request('GET', '/me', { token })).status).toBe(401);
    await done(page);
  });
});
