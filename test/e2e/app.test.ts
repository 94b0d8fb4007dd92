import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp, ROOT } from '../../deploy/toolbox.mjs';
import { OWNER, startAppWorld, type AppWorld } from '../support/app-world.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { visit } from '../support/clumsy.ts';
import { THEMES, type FakeTelegramOptions } from '../support/fake-telegram.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';
import { callsOf, emit, launchOf, openPage, pressMain, type AppPage } from '../support/telegram-page.ts';

const why = CHROMIUM === undefined ? 'it needs Chromium' : SSHD === undefined ? 'it needs sshd' : undefined;
const OWNER_ID = String(OWNER.id);
const INSETS = { top: 47, right: 0, bottom: 34, left: 0 };

describeIf(why === undefined, `a browser and an sshd: ${why}`)('The Mini App inside Telegram', () => {
  let app: AppWorld;
  let browser: Browser;
  const opened: AppPage[] = [];

  beforeAll(async () => {
    buildWebApp();
    [app, browser] = await Promise.all([startAppWorld(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  const open = async (
    path = '/',
    options: Partial<FakeTelegramOptions> & { authDate?: number; language?: string } = {},
    page: Parameters<typeof openPage>[2] = {},
  ): Promise<Page> => {
    const { language, ...telegram } = options;
    const result = await openPage(browser, app.test.url + path, {
      ...page,
      telegram: launchOf({ ...OWNER, ...(language !== undefined && { language }) }, telegram),
    });
    result.page.setDefaultTimeout(10_000);
    opened.push(result);
    return result.page;
  };
  /** As a sign-out on another device: every session of the owner. */
  const endSessions = async (): Promise<void> => {
    const sessions = await app.test.world.db.selectFrom('session').select('id').where('user_id', '=', OWNER_ID).execute();
    const caller = { userId: OWNER_ID, firstName: OWNER.name, isSuperAdmin: false };
    for (const { id } of sessions) await app.test.world.auth.signOut({ ...caller, sessionId: id });
  };
  const home = async (options: Parameters<typeof open>[1] = {}): Promise<Page> => {
    const page = await open('/', options);
    await page.locator('a.card.server').first().waitFor();
    return page;
  };
  const done = async (page: Page): Promise<void> => page.context().close();

  it('paints the launch theme before anything else is there, and never waits for the client to name one (checklist 1)', async () => {
    const page = await home({ theme: THEMES.dark });
    const painted = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(painted).toBe('rgb(15, 24, 34)');
    // The script that does it is the first of the page and is not deferred.
    const head = await page.evaluate(async () => (await fetch('/')).text());
    expect(head.indexOf('/early.js')).toBeLessThan(head.indexOf('type="module"'));
    expect(head).toMatch(/<script src="\/early\.js"><\/script>/);
    await done(page);
  });

  it('is ready once, also when the API cannot be reached (checklist 2)', async () => {
    const page = await home();
    expect(await callsOf(page, 'web_app_ready')).toHaveLength(1);
    await done(page);
    const { page: cut, context } = await openPage(browser, 'about:blank', { telegram: launchOf(OWNER) });
    await context.route('**/api/**', (route) => route.abort());
    await cut.goto(app.test.url);
    await cut.getByRole('alert').waitFor();
    expect(await callsOf(cut, 'web_app_ready')).toHaveLength(1);
    await context.close();
  });

  it('recolours everything when the theme changes, the scheme and the client included (checklist 4, 6)', async () => {
    const page = await home();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light');
    await emit(page, 'theme_changed', { theme_params: THEMES.dark });
    await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(15, 24, 34)');
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
    expect(
      await page
        .locator('a.card.server')
        .first()
        .evaluate((card) => getComputedStyle(card).backgroundColor),
    ).toBe('rgb(23, 33, 43)');
    expect((await callsOf(page, 'web_app_set_background_color')).at(-1)).toEqual({ color: THEMES.dark.secondary_bg_color });
    expect((await callsOf(page, 'web_app_set_bottom_bar_color')).at(-1)).toEqual({ color: THEMES.dark.secondary_bg_color });
    expect(await callsOf(page, 'web_app_set_header_color')).not.toEqual([]);
    await done(page);
  });

  it('keeps clear of both kinds of safe area, once each (checklist 7)', async () => {
    const page = await home({ safeArea: INSETS, contentSafeArea: { top: 46, right: 0, bottom: 0, left: 0 } });
    await page.waitForFunction(() => getComputedStyle(document.querySelector('main') as Element).paddingTop === '101px');
    expect(await page.locator('main').evaluate((main) => getComputedStyle(main).paddingBottom)).toBe('58px');
    await done(page);
  });

  it('is not moved by a viewport that is unstable or one pixel high (checklist 8)', async () => {
    const page = await home();
    const height = (): Promise<string> =>
      page.evaluate(() => document.documentElement.style.getPropertyValue('--tg-viewport-stable-height'));
    await emit(page, 'viewport_changed', { height: 700, is_state_stable: true });
    await page.waitForFunction(() => document.documentElement.style.getPropertyValue('--tg-viewport-stable-height') === '700px');
    await emit(page, 'viewport_changed', { height: 1, is_state_stable: true });
    await emit(page, 'viewport_changed', { height: 300, is_state_stable: false });
    await emit(page, 'viewport_changed', { height: 1, is_state_stable: false });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    expect(await height()).toBe('700px');
    await done(page);
  });

  it('shows the back arrow everywhere but on the root, and goes one step (checklist 10, U20)', async () => {
    const page = await home();
    const visible = async (): Promise<unknown> => (await callsOf(page, 'web_app_setup_back_button')).at(-1)?.['is_visible'] ?? false;
    expect(await visible()).toBe(false);
    await page.getByText('Harbour').click();
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    expect(await visible()).toBe(true);
    await page.getByRole('link', { name: /History/ }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    expect(await visible()).toBe(false);
    await done(page);
  });

  it.each(['Telegram', 'the phone', 'Escape'])(
    'closes a sheet first when %s goes back, and gives the focus back (checklist 10, 11, 31)',
    async (who) => {
      const page = await home();
      await page.getByText('Quay').click();
      const remove = page.getByRole('button', { name: 'Remove this server' });
      await remove.click();
      await page.getByLabel(/Type “Quay”/).waitFor();
      expect(await page.evaluate(() => document.querySelector('dialog')?.contains(document.activeElement))).toBe(true);
      if (who === 'Telegram') await emit(page, 'back_button_pressed');
      else if (who === 'the phone') await page.goBack();
      else await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'Quay' }).waitFor();
      expect(await remove.evaluate((button) => document.activeElement === button)).toBe(true);
      await emit(page, 'back_button_pressed');
      await page.getByRole('heading', { name: 'Servers' }).waitFor();
      await done(page);
    },
  );

  it("does the same for the phone's own back as for Telegram's (checklist 11)", async () => {
    const page = await home();
    await page.getByText('Harbour').click();
    await page.getByRole('link', { name: /History/ }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    await done(page);
  });

  it('opens what a link names and leaves the list under it (checklist 12)', async () => {
    const page = await open('/', { startParam: `srv_${app.servers.quay}` });
    await page.getByRole('heading', { name: 'Quay' }).waitFor();
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    await done(page);
    const task = await open('/', { startParam: `task_${app.tasks.done}` });
    await task.locator('ol.steps').waitFor();
    await done(task);
  });

  it.each(['srv_../../admin', 'x'.repeat(512), 'task_tsk_<script>'])(
    'answers the strange link %s with the list and a word (checklist 13)',
    async (startParam) => {
      const page = await open('/', { startParam });
      await page.getByText('That link leads nowhere').waitFor();
      await page.locator('a.card.server').first().waitFor();
      await done(page);
    },
  );

  it("says of a stranger's server that it is not there (checklist 13)", async () => {
    const page = await open('/', { startParam: 'srv_srv_aaaaaaaaaaaaaaaaaaaa' });
    await page.getByText('There is no such server').waitFor();
    await emit(page, 'back_button_pressed');
    await page.locator('a.card.server').first().waitFor();
    await done(page);
  });

  it('has its main action as the native button: a verb, disabled while invalid, gone with its screen, pressed once (checklist 14, 15)', async () => {
    const page = await home();
    let posts = 0;
    page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/api/servers') && (posts += 1));
    await page.context().route('**/api/servers', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await new Promise((resolve) => setTimeout(resolve, 400));
      return route.fulfill({
        status: 409,
        contentType: 'application/json',
        body: '{"error":"Full","code":"server.limit_reached","requestId":"r"}',
      });
    });
    const button = async (): Promise<Record<string, unknown> | undefined> => (await callsOf(page, 'web_app_setup_main_button')).at(-1);
    expect(await button()).toMatchObject({ text: 'Add a server', is_visible: true, is_active: true });
    await pressMain(page, 'Add a server');
    await page.getByLabel('SSH address').waitFor();
    expect(await button()).toMatchObject({ text: 'Add', is_active: false });
    await page.getByLabel('SSH address').fill('nonsense here');
    await page.getByText('That is not an address').waitFor();
    await page.getByLabel('SSH address').fill('ssh olga@203.0.113.9 -p 2222');
    await page.getByText('User olga on 203.0.113.9, port 2222').waitFor();
    await pressMain(page, 'Add');
    await page.waitForFunction(() =>
      (window as unknown as { fakeTelegram: { log: { name: string; params: Record<string, unknown> }[] } }).fakeTelegram.log.some(
        ({ name, params }) => name === 'web_app_setup_main_button' && params['is_progress_visible'] === true,
      ),
    );
    await emit(page, 'main_button_pressed');
    await page.getByRole('alert').waitFor();
    expect(posts).toBe(1);
    await emit(page, 'back_button_pressed');
    await page.getByText('Lighthouse').click();
    await page.getByRole('heading', { name: 'Lighthouse' }).waitFor();
    expect((await button())?.['text']).not.toBe('Add');
    await page.getByRole('link', { name: /History/ }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    expect(await button()).toEqual({ is_visible: false });
    await done(page);
  });

  it('asks before it destroys, in the native popup with a red button, one at a time (checklist 16, U9)', async () => {
    const page = await open(`/tasks/${app.tasks.running}`, { popup: 'nothing' });
    await pressMain(page, 'Stop');
    await emit(page, 'main_button_pressed');
    await page.waitForFunction(() =>
      (window as unknown as { fakeTelegram: { log: { name: string }[] } }).fakeTelegram.log.some(
        ({ name }) => name === 'web_app_open_popup',
      ),
    );
    const popups = await callsOf(page, 'web_app_open_popup');
    expect(popups).toHaveLength(1);
    expect(popups[0]?.['buttons']).toContainEqual({ id: 'ok', type: 'destructive', text: 'Stop' });
    await emit(page, 'popup_closed', {});
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    expect((await app.owner.get(`/tasks/${app.tasks.running}`)).body).toMatchObject({ state: 'running', stopping: false });
    await done(page);
  });

  it('asks before closing only while something typed is unsaved (checklist 17, U20)', async () => {
    const page = await home();
    const asks = async (): Promise<unknown> =>
      (await callsOf(page, 'web_app_setup_closing_behavior')).at(-1)?.['need_confirmation'] ?? false;
    await pressMain(page, 'Add a server');
    expect(await asks()).toBe(false);
    await page.getByLabel('Name').fill('Buoy');
    expect(await asks()).toBe(true);
    await page.getByLabel('Name').fill('');
    expect(await asks()).toBe(false);
    await page.getByLabel('Name').fill('Buoy');
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    expect(await asks()).toBe(false);
    await done(page);
  });

  it('says of each server how it stands, in a word beside the dot; one whose fingerprint nobody confirmed leads to that (U1, U2)', async () => {
    const test = await app.owner.post(`/servers/${app.servers.pier}/test`);
    expect(test.body.code).toBe('ssh.host_key_unconfirmed');
    const page = await home();
    const card = (name: string) => page.locator('a.card.server', { hasText: name });
    expect(await card('Harbour').locator('.state').first().innerText()).toBe('online');
    await card('Harbour').getByText('A task is running').waitFor();
    expect(await card('Lighthouse').locator('.state').first().innerText()).toBe('key changed');
    expect(await card('Quay').locator('.state').first().innerText()).toBe('not checked');
    expect(await card('Pier 7').locator('.state').first().innerText()).toBe('fingerprint not confirmed');
    await card('Pier 7').getByText('Open it and compare its fingerprint').click();
    await page.getByText('Nobody has confirmed the fingerprint of this server').waitFor();
    // What needs OpenClaw is not offered on a server that cannot have it yet.
    expect(await page.getByRole('link', { name: 'Agents' }).count()).toBe(0);
    await page.getByRole('link', { name: 'History' }).waitFor();
    await pressMain(page, 'Compare the fingerprint');
    await pressMain(page, 'Test the connection');
    await page.getByText('Is this your server?').waitFor();
    await done(page);
  });

  it('forbids the swipe that closes the app while a log is open, and allows it again (checklist 18, U20)', async () => {
    const page = await open(`/tasks/${app.tasks.failed}`);
    await page.locator('.log-line').first().waitFor();
    const swipes = async (): Promise<unknown> => (await callsOf(page, 'web_app_setup_swipe_behavior')).at(-1)?.['allow_vertical_swipe'];
    expect(await swipes()).toBe(false);
    await page.locator('details:has(.log) > summary').click();
    await page.locator('.log').waitFor({ state: 'detached' });
    expect(await swipes()).toBe(true);
    await done(page);
  });

  it('gives a tap for a choice and a buzz for a result, one for each and none by itself (checklist 19, U22)', async () => {
    const page = await home();
    const felt = async (): Promise<unknown[]> =>
      (await callsOf(page, 'web_app_trigger_haptic_feedback')).map(({ type, notification_type: result }) => result ?? type);
    expect(await felt()).toEqual([]);
    await page.getByRole('button', { name: 'home', exact: true }).click();
    expect(await felt()).toEqual(['selection_change']);
    await visit(page, `/servers/${app.servers.harbour}/agents`);
    await page.locator('.notice.bad').waitFor();
    // A failure that is asked for again and again is felt once.
    expect(await felt()).toEqual(['selection_change', 'error']);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.notice.bad').waitFor();
    expect((await felt()).length).toBeLessThanOrEqual(3);
    await done(page);
  });

  it("opens what a bot's button names, also over an app that shows something else (checklist 12, 39)", async () => {
    const page = await open('/', { startParam: app.servers.quay });
    await page.getByRole('heading', { name: 'Quay' }).waitFor();
    const launch = new URLSearchParams({
      tgWebAppData: launchOf(OWNER, { startParam: app.tasks.done }).initData,
      tgWebAppVersion: '9.6',
      tgWebAppPlatform: 'android',
    });
    await page.goto(`${app.test.url}/?tgWebAppStartParam=${app.tasks.done}#${launch}`);
    await page.locator('ol.steps').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/tasks/${app.tasks.done}`);
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    await done(page);
  });

  it('asks for nobody’s phone number (checklist 22)', () => {
    const scripts = readdirSync(join(ROOT, 'webapp/dist/assets')).filter((name) => name.endsWith('.js'));
    expect(scripts.filter((name) => readFileSync(join(ROOT, 'webapp/dist/assets', name), 'utf8').includes('request_phone'))).toEqual([]);
  });

  it("opens the settings from Telegram's menu (checklist 20)", async () => {
    const page = await home();
    expect(await callsOf(page, 'web_app_setup_settings_button')).toContainEqual({ is_visible: true });
    await emit(page, 'settings_button_pressed');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await page.locator('main').innerText()).toContain('Olga');
    await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    await done(page);
  });

  it.each([
    [
      '6.0',
      [
        'web_app_setup_back_button',
        'web_app_open_popup',
        'web_app_trigger_haptic_feedback',
        'web_app_set_header_color',
        'web_app_setup_closing_behavior',
      ],
    ],
    ['7.0', ['web_app_setup_swipe_behavior', 'web_app_set_bottom_bar_color', 'web_app_request_safe_area']],
    ['9.6', []],
  ])('asks a client of version %s for nothing that it does not know (checklist 23)', async (version, unknown) => {
    const page = await open(`/tasks/${app.tasks.failed}`, { version });
    await page.locator('.log-line').first().waitFor();
    if (version === '6.0') await page.getByRole('button', { name: 'Back' }).click();
    else await emit(page, 'back_button_pressed');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    for (const name of unknown) expect(`${name} ${(await callsOf(page, name)).length}`).toBe(`${name} 0`);
    if (version === '6.0') {
      await page.goto(`${app.test.url}/settings`);
      await page.getByRole('button', { name: /Sign out/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.locator('dialog').waitFor({ state: 'detached' });
    }
    await done(page);
  });

  it('says in a plain browser where it is opened, with a link to Telegram and no complaint (checklist 24)', async () => {
    const { page, context, complaints } = await openPage(browser, app.test.url);
    await page.getByText('Open Clawmoor from its Telegram bot').waitFor();
    expect(await page.getByRole('link', { name: 'Open Telegram' }).getAttribute('href')).toBe('https://t.me');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps its route and its session over a reload, wherever it is (checklist 27)', async () => {
    const page = await home();
    for (const [path, title] of [
      ['/settings', 'Settings'],
      [`/servers/${app.servers.harbour}`, 'Harbour'],
      [`/servers/${app.servers.harbour}/history`, 'History'],
      [`/tasks/${app.tasks.done}`, 'Setup'],
    ] as const) {
      await page.goto(app.test.url + path);
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
      expect(page.url()).not.toContain('tgWebAppData');
    }
    await done(page);
  });

  it('keeps what was typed over a reload, and never a secret (checklist 27, 28)', async () => {
    const page = await home();
    await pressMain(page, 'Add a server');
    await page.getByLabel('SSH address').fill('root@203.0.113.9');
    await page.getByLabel('A password').check();
    await page.getByLabel('Password', { exact: true }).fill('canary-password');
    await page.reload();
    await page.getByText('What you typed before is back').waitFor();
    expect(await page.getByLabel('SSH address').inputValue()).toBe('root@203.0.113.9');
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain('canary-password');
    await done(page);
  });

  it('renews a session that has ended without a word, while the launch is young (checklist 28, R13)', async () => {
    const page = await home();
    await endSessions();
    await page.getByText('Quay').click();
    await page.getByRole('heading', { name: 'Quay' }).waitFor();
    await page.getByText('Nothing has been run here yet.').waitFor();
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await done(page);
    app.owner = await app.test.person(OWNER.id, OWNER.name);
  });

  it('says so with one tap to close when it cannot be renewed, and keeps what was typed (checklist 28)', async () => {
    const page = await home();
    await pressMain(page, 'Add a server');
    await page.getByLabel('SSH address').fill('root@203.0.113.77');
    await page.context().route('**/api/auth/**', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/json',
        body: '{"error":"Too old","code":"auth.init_data_expired","requestId":"r"}',
      }),
    );
    await endSessions();
    await pressMain(page, 'Add');
    await page.getByText('Your session has ended.').waitFor();
    expect(await page.getByLabel('SSH address').inputValue()).toBe('root@203.0.113.77');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    expect(await callsOf(page, 'web_app_close')).toHaveLength(1);
    await page.context().unroute('**/api/auth/**');
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.getByLabel('SSH address').inputValue()).toBe('root@203.0.113.77');
    await done(page);
    app.owner = await app.test.person(OWNER.id, OWNER.name);
  });

  it('shows a frozen page the truth when it wakes (R13)', async () => {
    const page = await home();
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await app.test.world.db.updateTable('server').set({ name: 'Quay renamed' }).where('id', '=', app.servers.quay).execute();
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await emit(page, 'activated');
    await page.getByText('Quay renamed').waitFor();
    await app.test.world.db.updateTable('server').set({ name: 'Quay' }).where('id', '=', app.servers.quay).execute();
    await done(page);
  });

  it('marks what it knew with its age when the network goes, says why nothing can be done, and comes back (checklist 29, U24)', async () => {
    const page = await home();
    await page.context().setOffline(true);
    await emit(page, 'activated');
    await page.getByText('No connection. What you see is from').waitFor();
    await page.getByText('This needs a connection').waitFor();
    await expect.poll(async () => (await callsOf(page, 'web_app_setup_main_button')).at(-1)).toMatchObject({ is_active: false });
    await expect.poll(() => page.locator('a.card.server').count()).toBe(4);
    await page.context().setOffline(false);
    await emit(page, 'activated');
    await page.getByText('No connection').waitFor({ state: 'detached' });
    await done(page);
  });

  it('shows shapes while it waits and a way to try again when it fails, never a spinner for ever (checklist 29, U25)', async () => {
    const { page, context } = await openPage(browser, 'about:blank', { telegram: launchOf(OWNER) });
    let fail = true;
    await context.route('**/api/servers', (route) =>
      fail
        ? route.fulfill({
            status: 500,
            contentType: 'application/json',
            body: '{"error":"Something went wrong on our side","code":"internal.unexpected","requestId":"req-7"}',
          })
        : route.continue(),
    );
    await page.goto(app.test.url);
    await page.getByRole('alert').waitFor();
    fail = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('a.card.server').first().waitFor();
    await context.close();
  });

  it('moves nothing on a slow Android, and little for who asked for less (checklist 30)', async () => {
    const context = await browser.newContext({
      userAgent: 'Mozilla/5.0 (Linux; Android 11) Chrome/120 Telegram-Android/11.3.3 (Samsung SM-A105; Android 11; SDK 30; LOW)',
    });
    const { installFakeTelegram } = await import('../support/fake-telegram.ts');
    await context.addInitScript(installFakeTelegram, launchOf(OWNER));
    const page = await context.newPage();
    await page.goto(`${app.test.url}/tasks/${app.tasks.running}`);
    await page.locator('li.running .mark').waitFor();
    expect(await page.locator('li.running .mark').evaluate((mark) => getComputedStyle(mark).animationName)).toBe('none');
    await context.close();
    const calm = await open(`/tasks/${app.tasks.running}`);
    await calm.emulateMedia({ reducedMotion: 'reduce' });
    await calm.locator('li.running .mark').waitFor();
    expect(await calm.locator('li.running .mark').evaluate((mark) => getComputedStyle(mark).animationDuration)).toBe('3s');
    await done(calm);
  });

  it.each([
    ['ru', 'ru', 'Серверы'],
    ['ru-RU', 'ru', 'Серверы'],
    ['pt-br', 'en', 'Servers'],
    ['zz', 'en', 'Servers'],
    ['!', 'en', 'Servers'],
  ])('speaks the language of the signed launch: %s → %s (checklist 34, U26)', async (code, language, title) => {
    const page = await open('/', { language: code });
    await page.getByRole('heading', { name: title }).waitFor();
    expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir || 'ltr'])).toEqual([language, 'ltr']);
    await done(page);
  });

  it('lets a person choose another language, at once, over a reload and on their other devices (checklist 34, U26)', async () => {
    const page = await open('/settings', { language: 'en' });
    await page.getByLabel('Русский').check();
    await page.getByRole('heading', { name: 'Настройки' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Настройки' }).waitFor();
    expect(await callsOf(page, 'web_app_invoke_custom_method')).toEqual([]);
    await done(page);
    const other = await open('/settings', { language: 'en', cloud: { language: 'ru' } });
    await other.getByRole('heading', { name: 'Настройки' }).waitFor();
    await done(other);
  });

  it('says a problem in Russian, with the words of the server folded beside it (checklist 34)', async () => {
    const page = await open('/', { language: 'ru', startParam: 'srv_srv_aaaaaaaaaaaaaaaaaaaa' });
    await page.getByText('Такого сервера нет, или он вам не открыт').waitFor();
    await page.getByText('Подробности').click();
    await page.getByText('There is no such server').waitFor();
    await done(page);
  });

  it('follows a log until a person scrolls away, finds lines and folds out errors (U5, U6)', async () => {
    const page = await open(`/tasks/${app.tasks.failed}`);
    const log = page.locator('.log');
    await page.getByText('try 2999').last().waitFor();
    // Of 3,000 lines only those near the window are in the page.
    expect(await page.locator('.log-line').count()).toBeLessThan(200);
    await log.evaluate((box) => (box.scrollTop = 0));
    await page.locator('.log').getByText('package-0', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'To the end' }).click();
    await page.locator('.log').getByText('try 2999').waitFor();
    await page.getByRole('button', { name: 'Errors' }).click();
    await page.getByText('6 lines / 3000').waitFor();
    await page.getByRole('button', { name: 'Errors' }).click();
    await page.getByLabel('Search the log').fill('package-1234');
    await page.getByText('1 line / 3000').waitFor();
    expect(await page.locator('.log mark').textContent()).toBe('package-1234');
    await done(page);
  });

  it('opens a failed task at its failed step, with the reason, the fix and the log (U4, U10, U11)', async () => {
    const page = await open(`/tasks/${app.tasks.failed}`);
    await page.locator('li.failed pre').waitFor();
    expect((await page.locator('li.failed pre').innerText()).split('\n')).toHaveLength(20);
    await page.getByText('Check its network and DNS').waitFor();
    await page.getByRole('button', { name: 'Retry from here' }).waitFor();
    await done(page);
  });

  it('reads the history of a server a page at a time', async () => {
    const page = await open(`/servers/${app.servers.harbour}/history`);
    await page.locator('a.row').first().waitFor();
    expect(await page.locator('a.row').count()).toBe(20);
    await page.getByRole('button', { name: 'Older' }).click();
    await page.waitForFunction(() => document.querySelectorAll('a.row').length === 27);
    expect(await page.getByRole('button', { name: 'Older' }).count()).toBe(0);
    await done(page);
  });

  it('shows a changed key on the whole screen, both fingerprints, and refuses by default (U13)', async () => {
    const page = await open(`/servers/${app.servers.lighthouse}/connect`);
    await pressMain(page, 'Test the connection');
    await page.getByRole('heading', { name: 'The fingerprint has changed' }).waitFor();
    const shown = await page.locator('.fingerprint').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    expect(new Set(shown).size).toBe(2);
    expect(await page.getByRole('button', { name: /trust/i }).count()).toBe(0);
    await pressMain(page, 'Do not connect');
    await page.getByRole('heading', { name: 'Lighthouse' }).waitFor();
    await done(page);
  });

  it('hides from a viewer what a viewer cannot do (U17)', async () => {
    await app.test.person(702, 'Vera');
    await app.test.grant(app.servers.harbour, '702', 'viewer');
    const { page, context } = await openPage(browser, `${app.test.url}/servers/${app.servers.harbour}`, {
      telegram: launchOf({ id: 702, name: 'Vera' }),
    });
    await page.getByText('You can look, not change').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('link', { name: /Connection/ }).count()).toBe(0);
    expect((await callsOf(page, 'web_app_setup_main_button')).at(-1) ?? { is_visible: false }).toEqual({ is_visible: false });
    await context.close();
  });

  it('removes a server only after its name was typed, and leads back to the list (U16)', async () => {
    const added = await app.owner.post('/servers', {
      name: 'Wreck',
      host: '127.0.0.1',
      port: 2299,
      username: 'root',
      authMethod: 'password',
      password: 'x'.repeat(12),
    });
    expect(added.text).toContain('Wreck');
    const page = await open(`/servers/${added.body.id}`);
    await page.getByRole('button', { name: 'Remove this server' }).click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Remove this server' });
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByLabel(/Type “Wreck”/).fill('Wreck');
    await confirm.click();
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    await page.locator('a.card.server').first().waitFor();
    expect(await page.getByText('Wreck').count()).toBe(0);
    await done(page);
  });

  it('asked nobody but its own server, and the security policy had nothing to report (checklist 35)', () => {
    const policy = opened.flatMap(({ complaints }) => complaints).filter((complaint) => complaint.includes('policy:'));
    expect(policy).toEqual([]);
    expect(opened.length).toBeGreaterThan(20);
  });
});
