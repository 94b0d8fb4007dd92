import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { visit } from '../support/clumsy.ts';
import { askForCommand, CAPTAIN, startDailyAppWorld, VIEWER, type DailyAppWorld } from '../support/daily-app-world.ts';
import { until } from '../support/daily-world.ts';
import type { FakeTelegramOptions } from '../support/fake-telegram.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { askToBePaired } from '../support/pairing-device.ts';
import { SSHD } from '../support/sshd.ts';
import { callsOf, emit, launchOf, openPage, picture, pressMain } from '../support/telegram-page.ts';

const why = SSHD === undefined ? 'it needs sshd' : CHROMIUM === undefined ? 'there is no Chromium' : whyNoOpenclaw();
const KEY = 'sk-canary-0123456789abcdef0123456789';
// A picture that a channel might send as its code, and the next one.
const PICTURES = [
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
];

describeIf(why === undefined, `a browser and the real OpenClaw: ${why}`)('A gateway from day to day, from the app', () => {
  let all: DailyAppWorld;
  let browser: Browser;
  let home: string;

  beforeAll(async () => {
    buildWebApp();
    [all, browser] = await Promise.all([startDailyAppWorld(), startBrowser()]);
    home = `/servers/${all.serverId}`;
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await all?.[Symbol.asyncDispose]();
  });

  const open = async (path: string, telegram: Partial<FakeTelegramOptions> = {}, person = CAPTAIN): Promise<Page> => {
    const { page } = await openPage(browser, `${all.test.url}/`, { telegram: launchOf(person, telegram) });
    page.setDefaultTimeout(15_000);
    if (telegram.startParam === undefined) await page.locator('a.card.server').first().waitFor();
    if (path !== '/') await visit(page, path);
    return page;
  };
  const done = async (page: Page): Promise<void> => {
    // An answer that a handler still reads when the page goes is nobody's failure.
    await page.context().unrouteAll({ behavior: 'ignoreErrors' });
    await page.context().close();
  };

  it('says at home how many commands wait, shows one whole with what it hides, and denies it by keyboard', async () => {
    const page = await open('/');
    await page.getByRole('link', { name: /Approvals/ }).click();
    const command = page.locator('pre.command');
    await command.waitFor();
    expect(await command.innerText()).toMatch(/^rm -rf ~\/nets.*\\u\{202E\}done.*evil\.example\/a+ \| sh$/s);
    expect(await command.locator('mark').allInnerTexts()).toEqual(['\\u{202E}', '\\u{202C}', '\u0430']);
    await page.getByRole('button', { name: 'Deny' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Denied', { exact: true }).waitFor();
    expect((await all.owner.get('/approvals')).body.approvals).toEqual([]);
    await done(page);
  });

  it('opens the command that a link names, asks before a marked one is allowed, and says so when somebody else was first', async () => {
    const id = await askForCommand(all, 'second', 'touch \u0430nchor');
    const page = await open('/', { startParam: `apr_${id}`, popup: 'cancel' });
    const card = page.locator('article.named');
    await card.getByRole('button', { name: 'Allow once' }).click();
    await page.waitForFunction(() =>
      (window as unknown as { fakeTelegram: { log: { name: string }[] } }).fakeTelegram.log.some(
        ({ name }) => name === 'web_app_open_popup',
      ),
    );
    expect((await all.owner.get('/approvals')).body.approvals).toHaveLength(1);
    // The answer of another comes between the look and the press.
    await page.context().route('**/api/approvals', (route) => route.abort());
    expect((await all.owner.post(all.path(`/approvals/${id}`), { decision: 'deny' })).status).toBe(200);
    await card.getByRole('button', { name: 'Deny' }).click();
    await card.getByText(/Somebody was quicker/).waitFor();
    expect(await card.getByRole('button', { name: 'Deny' }).count()).toBe(0);
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    await done(page);
  });

  it('shows a command that comes while it is looked at, and one that was answered elsewhere as gone', async () => {
    const page = await open('/approvals');
    await page.getByRole('heading', { name: 'Nothing waits for an answer' }).waitFor();
    const id = await askForCommand(all, 'third', 'uname -a');
    await page.getByText('uname -a').waitFor();
    await all.owner.post(all.path(`/approvals/${id}`), { decision: 'deny' });
    await page.getByText(/No longer waiting/).waitFor();
    await done(page);
  });

  it('follows the log, filters it by level and by a word, and draws of 10,000 lines only what is seen (P17, U6)', async () => {
    const page = await open(`${home}/logs`);
    await page.locator('.log-line').first().waitFor();
    await page.getByRole('tab', { name: 'Errors' }).click();
    const file = join(all.openclaw.home, 'openclaw.log');
    const line = (at: number, logLevelName: string): string =>
      `${JSON.stringify({ 0: '{"subsystem":"harbour"}', _meta: { logLevelName }, time: new Date().toISOString(), message: `buoy ${at} sighted` })}\n`;
    appendFileSync(file, line(0, 'ERROR'));
    await page.getByText('buoy 0 sighted').waitFor();
    await page.getByRole('tab', { name: 'All' }).click();
    // As many at a time as one answer of the API holds.
    for (let from = 1; from <= 10_000; from += 500) {
      appendFileSync(file, Array.from({ length: 500 }, (_, at) => line(from + at, 'INFO')).join(''));
      await page.getByText(`buoy ${from + 499} sighted`).waitFor();
    }
    await page.getByLabel('Search the log').fill('buoy');
    // What the gateway itself said meanwhile has taken the place of the oldest.
    await page.getByText(/^(10,000|9,9\d\d) lines \//).waitFor();
    expect(await page.locator('.log-line').count()).toBeLessThan(150);
    await page.locator('.log').evaluate((log) => (log.scrollTop = 0));
    await page.getByRole('button', { name: /To the end/ }).waitFor();
    await page.getByLabel('Search the log').fill('buoy 10000 sighted');
    await page.getByText(/^1 line \//).waitFor();
    await done(page);
  });

  it('finds a setting by a word, shows what changes, applies it, and takes it back with one tap', async () => {
    const page = await open(`${home}/config`);
    await page.getByLabel('Find a setting by a word').fill('tool denylist');
    await page.getByRole('link', { name: /^Tool Denylist/ }).click();
    await page.getByText(/Global tool denylist/).waitFor();
    await page.getByLabel('Value').fill('browser\nexec');
    await pressMain(page, 'Look at 1 change');
    await page.locator('.diff-added').first().waitFor();
    await page.getByText('No restart is needed.').waitFor();
    await picture(page, 'daily-config-review');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied.').waitFor();
    expect((await all.config())['tools']).toMatchObject({ deny: ['browser', 'exec'] });
    await page.getByRole('link', { name: 'Changes from here' }).click();
    await page.getByText('in effect').waitFor();
    await picture(page, 'daily-config-history');
    await page.getByRole('button', { name: 'Take back' }).first().click();
    await page.getByText('taken back', { exact: true }).waitFor();
    expect((await all.config())['tools']).not.toHaveProperty('deny');
    await done(page);
  });

  it('overwrites nobody: who was slower sees what the other changed, and lays their own upon it', async () => {
    const page = await open(`${home}/config/logging.level`);
    await page.getByLabel('Value').selectOption('debug');
    await all.configure({ tools: { deny: ['canvas'] } });
    await pressMain(page, 'Look at 1 change');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Somebody else has changed the configuration meanwhile').waitFor();
    await page.locator('.diff-added', { hasText: 'canvas' }).waitFor();
    await picture(page, 'daily-config-stale');
    await page.getByRole('button', { name: 'Mine on top of it' }).click();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied.').waitFor();
    expect(await all.config()).toMatchObject({ logging: { level: 'debug' }, tools: { deny: ['canvas'] } });
    await done(page);
  });

  it('keeps a secret that is entered out of the storage of the browser, and never shows the old one (U15)', async () => {
    const page = await open(`${home}/config/models.providers.test.apiKey`);
    await page.getByText('A secret is stored.').waitFor();
    expect(await page.getByLabel('Value').inputValue()).toBe('');
    await page.getByLabel('Value').fill(KEY);
    await page.getByRole('button', { name: 'Leave as it was' }).waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain(KEY);
    await page.getByRole('button', { name: 'Leave as it was' }).click();
    await done(page);
  });

  it('says what a restart would cut off, what the gateway says of itself, and where its dashboard is not set up', async () => {
    const page = await open(home);
    await page.getByRole('button', { name: 'Restart the gateway' }).click();
    await page.getByText(/Nothing is under way|A restart would cut off/).waitFor();
    await emit(page, 'back_button_pressed');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Open the dashboard' }).click();
    await page
      .getByRole('alert')
      .getByText(/origin/i)
      .first()
      .waitFor();
    await page
      .context()
      .route('**/dashboard-url', (route) =>
        route.fulfill({ json: { url: 'https://g-1.example.test/clawmoor/enter?ticket=x', expiresAt: new Date().toISOString() } }),
      );
    await page.getByRole('button', { name: 'Open the dashboard' }).click();
    await expect.poll(() => callsOf(page, 'web_app_open_link')).toEqual([{ url: 'https://g-1.example.test/clawmoor/enter?ticket=x' }]);
    await page.getByText('How it hangs together').click();
    await page.locator('.topology', { hasText: 'Telegram' }).waitFor();
    await picture(page, 'daily-topology');
    await page.getByRole('link', { name: /What is wrong/ }).click();
    await page.getByText('The gateway is well.').waitFor();
    const lines = await page.locator('.log-line').allInnerTexts();
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.filter((line) => line.startsWith('{'))).toEqual([]); // read, not as the gateway keeps them
    await done(page);
  });

  it('makes a job, runs it, shows how it went, and deletes it', async () => {
    const page = await open(`${home}/cron`);
    await pressMain(page, 'New job');
    await page.getByLabel('Name').fill('Lamp check');
    await page.getByLabel('Message', { exact: true }).fill('is the lamp lit?');
    await page.getByText('At set times').click();
    await page.getByRole('textbox', { name: 'Cron line' }).fill('61');
    await page.getByText(/Five fields/).waitFor();
    await page.getByRole('textbox', { name: 'Cron line' }).fill('30 6 * * 1-5');
    await page.getByText(/06:30 on Mon–Fri/).waitFor();
    await pressMain(page, 'Save');
    await page.getByRole('heading', { name: 'Lamp check' }).waitFor();
    await pressMain(page, 'Run now');
    // The agent answers; but nobody has told this bot whom to write to, and the history says so.
    const history = page.locator('section', { hasText: 'How it went' });
    await history.getByText(/Delivering to Telegram requires target/).waitFor({ timeout: 120_000 });
    await history.getByText(/not delivered/).waitFor();
    await page.getByText('failed the last time', { exact: true }).waitFor();
    await page.getByRole('switch', { name: 'Switched on' }).click();
    await page.getByRole('switch', { name: 'Switched on', checked: false }).waitFor();
    await page.getByRole('button', { name: 'Delete this job' }).click();
    await page.getByRole('heading', { name: 'Schedules' }).waitFor();
    expect(await page.getByText('Lamp check').count()).toBe(0);
    await done(page);
  });

  it('lets somebody in who knocks, stops and starts a channel, and renews the code of a login until it is scanned', async () => {
    const page = await open(`${home}/channels`);
    // The gateway starts its plugins to say who knocks: a busy machine takes its time for that.
    await page.getByText('4711').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Let in' }).click();
    await page.getByText('4711').waitFor({ state: 'detached' });
    expect((await all.owner.get(all.path('/pairings'))).body.requests).toEqual([]);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('stopped', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('running', { exact: true }).waitFor();
    // No channel of a test has a login by code: the answers of one stand in for it.
    const answers = [
      { state: 'scan', qr: `data:image/png;base64,${PICTURES[0]}`, message: 'Scan me' },
      { state: 'scan', qr: `data:image/gif;base64,${PICTURES[1]}`, message: null },
      { state: 'connected', qr: null, message: null },
    ];
    const sent: unknown[] = [];
    let scanned: () => void = () => {};
    const scan = new Promise<void>((resolve) => (scanned = resolve));
    await page.context().route('**/channels/telegram/login**', async (route) => {
      sent.push(route.request().postDataJSON());
      if (sent.length === 3) await scan;
      await route.fulfill({ json: answers[sent.length - 1] });
    });
    await page.context().route('**/openclaw/channels', async (route) => {
      const { channels, issues } = (await (await route.fetch()).json()) as { channels: { accounts: object[] }[]; issues: string[] };
      await route.fulfill({
        json: {
          issues,
          channels: channels.map((channel) => ({ ...channel, accounts: channel.accounts.map((one) => ({ ...one, configured: false })) })),
        },
      });
    });
    await page.getByRole('button', { name: 'Log in by code' }).click();
    await page.locator(`img.qr[src$="${PICTURES[1]}"]`).waitFor();
    expect(sent[1]).toMatchObject({ qr: answers[0]?.qr });
    scanned();
    await page.getByText('Connected.').waitFor();
    await done(page);
  });

  it('sets a budget, acts on it, and takes back what was done', async () => {
    const page = await open(`${home}/costs`);
    await page.getByText('$', { exact: false }).first().waitFor();
    await pressMain(page, 'New budget');
    await page.getByLabel('Limit in US dollars').fill('0,01');
    await page.getByText('Stop schedules and heartbeats at 100 %').click();
    await pressMain(page, 'Save');
    const card = page.locator('article', { hasText: 'Stop schedules' });
    await card.waitFor();
    await page.getByRole('button', { name: 'Check now' }).click();
    await card.getByText(/100 % reached|over the limit: [\d,]+ %/).waitFor();
    await picture(page, 'daily-budget-done');
    await card.getByRole('button', { name: 'Take it back' }).click();
    await card.getByText(/Somebody took it back/).waitFor();
    await card.getByRole('button', { name: 'Delete' }).click();
    await card.waitFor({ state: 'detached' });
    await done(page);
  });

  it('hands a key to the gateway and keeps it nowhere, tests a provider, and signs out of one (S36)', async () => {
    const page = await open(`${home}/models`);
    await pressMain(page, 'Enter a key');
    await page.getByLabel('Provider').selectOption('openai');
    await page.getByLabel('API key').fill(KEY);
    await page.getByRole('button', { name: 'Hand it over' }).click();
    await page.getByText('openai:manual').waitFor();
    expect(
      await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify({ ...sessionStorage, ...localStorage })),
    ).not.toContain(KEY);
    const card = page.locator('article', { hasText: 'openai:manual' });
    await card.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('openai:manual').waitFor({ state: 'detached' });
    await page.locator('article', { hasText: 'test' }).first().getByRole('button', { name: 'Test' }).click();
    await page.getByText(/^It answers/).waitFor();
    await done(page);
  });

  it('lets a device in that asks, names it, and throws it out', async () => {
    const device = await askToBePaired(all.openclaw, 'chart table');
    await until(async () => JSON.stringify((await all.owner.get(all.path('/devices'))).body.pending).includes(device.deviceId), 'it asks');
    const page = await open(`${home}/devices`);
    const card = page.locator('article', { hasText: device.deviceId.slice(0, 16) });
    await picture(page, 'daily-devices');
    await card.getByRole('button', { name: 'Let in' }).click();
    await card.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('bridge');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('article', { hasText: 'bridge' }).waitFor();
    await card.getByRole('button', { name: 'Throw out' }).click();
    await card.waitFor({ state: 'detached' });
    device.close();
    await done(page);
  });

  it('shows a viewer what may be looked at, and nothing that may not be pressed (U17)', async () => {
    const page = await open(home, {}, VIEWER);
    await page.getByRole('link', { name: 'Log' }).waitFor();
    for (const name of ['Configuration', 'Devices', 'Approvals', /What is wrong/])
      expect(await page.getByRole('link', { name }).count()).toBe(0);
    for (const name of ['Restart the gateway', 'Open the dashboard']) expect(await page.getByRole('button', { name }).count()).toBe(0);
    await page.getByRole('link', { name: 'Schedules' }).click();
    await page.getByRole('link', { name: /Tide tables/ }).click();
    await page.getByText('Why it failed the last time').waitFor();
    expect(await page.getByRole('switch').count()).toBe(0);
    expect((await callsOf(page, 'web_app_setup_main_button')).at(-1)?.['is_visible'] ?? false).toBe(false);
    await done(page);
  });

  it('stops what agents do, on one server and on all, and resumes exactly that', async () => {
    const page = await open(`${home}/stop`);
    await page.getByText('agents may act').waitFor();
    await pressMain(page, 'Stop now');
    await page.getByText('Channel telegram').waitFor({ timeout: 40_000 });
    await page.getByText('Schedules and heartbeats').waitFor();
    await picture(page, 'daily-stopped');
    await pressMain(page, 'Resume');
    await page.getByText('agents may act').waitFor({ timeout: 40_000 });
    await visit(page, '/stop');
    await page.getByRole('switch', { name: 'sunk' }).click();
    await pressMain(page, 'Stop 1 server');
    await page.locator('.notice', { hasText: 'stopped' }).waitFor({ timeout: 40_000 });
    await page.getByRole('button', { name: 'Resume 1 server' }).click();
    await page.locator('.notice', { hasText: 'agents may act' }).waitFor({ timeout: 40_000 });
    await done(page);
  });
});
