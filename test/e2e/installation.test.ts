import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { addPeople, BORIS } from '../support/app-people.ts';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { describeIf } from '../support/needs.ts';
import { callsOf, DESKTOP, emit, launchOf, openPage, PHONE, picture, pressMain } from '../support/telegram-page.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from '../support/world.ts';

const OLGA = { id: 701, name: 'Olga' };
const CHANGES = 130;

describeIf(CHROMIUM !== undefined, 'it needs Chromium')('Audit log and installation in the Mini App', () => {
  let test: TestWorld;
  let browser: Browser;
  let owner: Person;
  let harbour: string;
  let freeShare = 0.6;

  beforeAll(async () => {
    buildWebApp();
    const measureDisk = async (): Promise<{ free: number; total: number }> => ({ free: freeShare * 1e12, total: 1e12 });
    [test, browser] = await Promise.all([
      startWorld({ env: { SUPER_ADMIN_IDS: `${SUPER_ADMIN},${OLGA.id}` }, overrides: { measureDisk } }),
      startBrowser(),
    ]);
    owner = await test.person(OLGA.id, OLGA.name);
    const login = { host: '127.0.0.1', port: 2299, username: 'root', authMethod: 'generated' };
    harbour = (await owner.post('/servers', { name: 'Harbour', ...login })).body.id;
    await addPeople(test, OLGA, harbour);
  });
  afterAll(async () => {
    await browser?.close();
    await test?.[Symbol.asyncDispose]();
  });

  const open = async (path: string, person: { id: number; name: string; language?: string } = OLGA): Promise<Page> => {
    const { page } = await openPage(browser, test.url + path, { telegram: launchOf(person) });
    page.setDefaultTimeout(10_000);
    return page;
  };
  const look = async (page: Page, name: string): Promise<void> => {
    for (const [size, viewport] of [['phone', PHONE] as const, ['desktop', DESKTOP] as const]) {
      await page.setViewportSize(viewport);
      await picture(page, `${size}-${name}`);
    }
    await page.setViewportSize(PHONE);
    expect(await seriousFindings(page)).toEqual([]);
  };
  const done = (page: Page): Promise<void> => page.context().close();
  /** What Telegram was asked to save, as it would fetch it: without a session. */
  const saved = async (page: Page): Promise<{ name: string; text: string }> => {
    await expect.poll(async () => (await callsOf(page, 'web_app_request_file_download')).length).toBeGreaterThan(0);
    const { url, file_name } = (await callsOf(page, 'web_app_request_file_download')).at(-1) ?? {};
    const response = await fetch(String(url));
    expect([response.status, response.headers.get('content-disposition')]).toEqual([200, expect.stringContaining('attachment')]);
    return { name: String(file_name), text: await response.text() };
  };

  it('says who did what, by day; a filter narrows it, its chip takes it away again (U19)', async () => {
    const page = await open(`/servers/${harbour}/audit`);
    await page
      .getByRole('button', { name: /Access given.*Olga/ })
      .first()
      .waitFor();
    await page.getByRole('heading', { level: 2, name: String(new Date().getFullYear()) }).waitFor();
    await pressMain(page, 'Filter');
    await page.getByLabel('Result').selectOption('failed');
    await page.getByRole('dialog').getByLabel('Who').selectOption({ label: BORIS.name });
    await look(page, 'audit-filter');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('button', { name: /Access ended.*Boris.*refused/s }).waitFor();
    expect(await page.getByRole('button', { name: /Access given/ }).count()).toBe(0);
    await look(page, 'audit-filtered');
    await page.getByRole('button', { name: 'Take away: not done' }).click();
    await page.getByRole('button', { name: 'Take away: Boris' }).click();
    await page
      .getByRole('button', { name: /Access given/ })
      .first()
      .waitFor();
    await pressMain(page, 'Filter');
    await page.getByLabel('Search').fill('nothing-has-this-name');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Nothing fits').waitFor();
    await done(page);
  });

  it('opens an entry with what was there before and after, and asks for those of the same person (U19)', async () => {
    await owner.put(`/servers/${harbour}/access/${BORIS.id}`, { role: 'viewer' });
    const page = await open(`/servers/${harbour}/audit`);
    await page.getByRole('button', { name: /Access changed/ }).click();
    await page.locator('.diff-removed', { hasText: '"role": "admin"' }).waitFor();
    await page.locator('.diff-added', { hasText: '"role": "viewer"' }).waitFor();
    await look(page, 'audit-entry');
    await page.reload();
    await page.getByRole('button', { name: /Access changed/ }).waitFor();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /Access changed/ }).click();
    await page.getByRole('button', { name: 'Only this person' }).click();
    await page.getByRole('button', { name: 'Take away: Olga' }).waitFor();
    await done(page);
  });

  it('reads on by itself as it is scrolled, to the beginning', async () => {
    for (let at = 0; at < CHANGES; at++) await owner.put('/me/notification-prefs', { muted: at % 2 === 0 });
    const page = await open('/admin/audit');
    await page.locator('ul.long li').first().waitFor();
    for (let scrolls = 0; scrolls < 40 && (await page.getByText('That is the beginning.').count()) === 0; scrolls++) {
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
    }
    await page.getByText('That is the beginning.').waitFor();
    expect(await page.locator('ul.long li').count()).toBeGreaterThan(CHANGES);
    await done(page);
  });

  it('hands the log to Telegram as a file, through a link that carries no session (checklist 38)', async () => {
    const page = await open('/admin/audit');
    await page.getByText('Export what is shown').click();
    await page.getByRole('button', { name: 'As a table (CSV)' }).click();
    const { name, text } = await saved(page);
    expect(name).toMatch(/^clawmoor-audit-\d{4}-\d\d-\d\d\.csv$/);
    expect(text).toContain('"access.grant"');
    await done(page);
  });

  it('shows nobody else’s log: not to an admin of the server, not to who is no super-admin (U17)', async () => {
    const page = await open(`/servers/${harbour}/audit`, BORIS);
    await page.getByText('Only the owner of a server sees its audit log.').waitFor();
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    expect(await page.getByRole('link', { name: /Audit log/ }).count()).toBe(0);
    for (const path of ['/admin', '/admin/backups', '/admin/audit']) {
      await page.goto(test.url + path);
      await page.getByText('Only a super-admin of this installation sees this').waitFor();
    }
    await page.goto(`${test.url}/settings`);
    await page.getByText('Personal tokens').waitFor();
    expect(await page.getByText('This installation').count()).toBe(0);
    await done(page);
  });

  it('says how every part does, what needs somebody first and with what to do', async () => {
    const page = await open('/settings');
    await page.getByRole('link', { name: /This installation/ }).click();
    await page.getByText('60% free').waitFor();
    freeShare = 0.1;
    await page.reload();
    await page.getByText('Something needs a look').waitFor();
    expect(await page.locator('section.card').first().innerText()).toContain('10 % of the disk is free');
    await page.getByText('Free space before it falls below 5 %').waitFor();
    await look(page, 'admin-warns');
    await done(page);
    const russian = await open('/admin', { ...OLGA, language: 'ru' });
    await russian.getByText('На диске мало места').waitFor();
    await done(russian);
    freeShare = 0.6;
  });

  it('makes a backup, downloads it, rehearses its restore, and deletes an older one', async () => {
    const page = await open('/admin/backups');
    await page.locator('button.row').first().waitFor();
    expect(await page.locator('button.row').count()).toBe(1);
    await page.getByText('Not rehearsed yet.').waitFor();
    await pressMain(page, 'Make a backup now');
    await expect.poll(() => page.locator('button.row').count()).toBe(2);
    await page.getByRole('button', { name: 'Rehearse now' }).click();
    await page.getByText('It worked').waitFor();
    await page.locator('button.row').first().click();
    await page.getByText('npm run restore -- clawmoor-').waitFor();
    await look(page, 'backup-sheet');
    await page.getByRole('button', { name: 'Download' }).click();
    expect((await saved(page)).name).toMatch(/^clawmoor-.*\.db\.gz$/);
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => page.locator('button.row').count()).toBe(1);
    await page.locator('button.row').first().click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alert').waitFor();
    expect((await owner.get('/admin/backups')).body.backups).toHaveLength(1);
    await done(page);
  });
});
