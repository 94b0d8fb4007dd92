import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from '../host/debian.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { THEMES } from '../support/fake-telegram.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { describeIf } from '../support/needs.ts';
import { callsOf, DESKTOP, emit, launchOf, openPage, picture, pressMain, type AppPage } from '../support/telegram-page.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

const why = whyNoDebianHosts() ?? (CHROMIUM === undefined ? 'it needs Chromium' : undefined);
const SETUP_MS = 480_000;
const olga = { id: 501, name: 'Olga' };
const API_KEY = 'sk-canary-typed-by-a-person-12345678';
// The address that a machine of the test network sees this computer at.
const GATEWAY = '10.214.61.1';

describeIf(why === undefined, `a real Debian server and a browser: ${why}`)('The main job, on a phone, in Telegram', () => {
  let host: DebianHost;
  let test: TestWorld;
  let model: ModelServer;
  let browser: Browser;
  let app: AppPage;
  let page: Page;
  /** Every tap and every field since the empty account, but the address and the secrets. */
  const steps: string[] = [];

  beforeAll(async () => {
    [host, test, model, browser] = await Promise.all([startDebianHost(), startWorld(), startModelServer(), startBrowser()]);
    app = await openPage(browser, test.url, { telegram: launchOf(olga) });
    page = app.page;
  });
  afterAll(async () => {
    await browser?.close();
    await test?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    await model?.[Symbol.asyncDispose]();
  });

  it('signs in by itself and says that there is no server yet', async () => {
    await page.getByText('No server yet').waitFor();
    await picture(page, 'main-01-empty');
  });

  it('adds a server from a pasted ssh command and a password (U14)', async () => {
    await pressMain(page, 'Add a server');
    steps.push('Add a server');
    await page.getByLabel('SSH address').fill(`ssh admin@${host.address} -p 22`);
    await page.getByLabel('Name').fill('Harbour'); // the one step that nobody needs
    await page.getByLabel('A password').check();
    steps.push('A password');
    await page.getByLabel('Password', { exact: true }).fill(host.password);
    await picture(page, 'main-02-add-server');
    await pressMain(page, 'Add');
    steps.push('Add');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
  });

  it("shows the server's real fingerprint, with the focus not on Accept, and logs in once it is accepted (U12)", async () => {
    await pressMain(page, 'Test the connection');
    steps.push('Test the connection');
    const accept = page.getByRole('button', { name: 'It is the same: trust it' });
    await accept.waitFor({ timeout: 30_000 });
    await picture(page, 'main-03-fingerprint');
    const real = await host.exec('for f in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $f; done', 'root');
    const shown = await page.locator('.fingerprint').getAttribute('aria-label');
    expect(real).toContain(shown);
    expect(await accept.evaluate((button) => document.activeElement === button)).toBe(false);
    await accept.click();
    steps.push('Trust it');
    await page.getByText('Clawmoor can log in').waitFor({ timeout: 60_000 });
    await picture(page, 'main-04-connected');
  });

  it('says what the setup will do and what the bare server lacks, and starts it with a model of ours', async () => {
    await pressMain(page, 'Set OpenClaw up');
    steps.push('Set OpenClaw up');
    await page.getByText('What this will do').waitFor();
    await page.getByLabel('An OpenAI-compatible address').check();
    steps.push('OpenAI-compatible');
    await page.getByLabel('Address', { exact: true }).fill(`http://${GATEWAY}:${model.port}/v1`);
    steps.push('its address');
    await page.getByLabel('Model', { exact: true }).fill('test-model');
    steps.push('Model');
    await page.getByLabel('API key').fill(API_KEY);
    await page.locator('.card details').waitFor({ timeout: 60_000 });
    await picture(page, 'main-05-setup');
    await pressMain(page, 'Start');
    steps.push('Start');
  });

  it('shows every step as it happens, says that the app may be closed, and is right again after a reload (U4, U7)', async () => {
    await page.getByText('You can close the app').waitFor();
    await page.locator('li.running').first().waitFor({ timeout: 30_000 });
    await page.waitForTimeout(4_000);
    await picture(page, 'main-06-running');
    await page.reload();
    await page.locator('ol.steps').waitFor();
    const ended = page.locator('[role=status] .state').filter({ hasText: /^(done|failed|stopped|interrupted)$/ });
    await ended.waitFor({ timeout: SETUP_MS });
    await picture(page, 'main-07-ended');
    expect(await ended.textContent(), await page.locator('main').innerText()).toBe('done');
    expect(await page.locator('ol.steps > li').count()).toBe(await page.locator('ol.steps > li.done').count());
    expect(await page.content()).not.toContain(API_KEY);
  });

  it('says hello to its first agent, which answers: at most 12 taps and fields since the empty account, the address and the secret aside', async () => {
    await pressMain(page, 'Say hello');
    steps.push('Say hello');
    await page.getByRole('button', { name: /^Hello! Who are you/ }).click();
    steps.push('Hello!');
    await page.locator('ol.talk').getByText('test-model heard: Hello! Who are you').waitFor({ timeout: 90_000 });
    await picture(page, 'main-08-answered');
    expect(steps.length, steps.join(' → ')).toBeLessThanOrEqual(12);
  });

  it('lists the first agent and creates another, whose obvious next step is to say hello', async () => {
    await emit(page, 'back_button_pressed');
    await page.getByRole('link', { name: 'Conversations' }).waitFor();
    await emit(page, 'back_button_pressed');
    await page.locator('ul.list > li').first().waitFor({ timeout: 30_000 });
    await pressMain(page, 'New agent');
    await page.getByLabel('Id').fill('deckhand');
    await page.getByLabel('Name').fill('Deck hand');
    await picture(page, 'main-09-new-agent');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Deck hand' }).or(page.getByRole('alert')).first().waitFor({ timeout: 60_000 });
    await picture(page, 'main-09-agent');
    expect(await page.getByRole('alert').count()).toBe(0);
    expect((await callsOf(page, 'web_app_setup_main_button')).at(-1)).toMatchObject({ text: 'Say hello', is_active: true });
    await emit(page, 'back_button_pressed');
    await page.locator('ul.list').getByText('Deck hand').waitFor();
    expect(await page.locator('main').innerText()).toMatch(/Deck hand\s+deckhand/);
  });

  it('shows the same on a desktop in the dark, and the browser had nothing to complain about', async () => {
    const desktop = await openPage(browser, test.url, {
      viewport: DESKTOP,
      telegram: launchOf(olga, { theme: THEMES.dark, platform: 'tdesktop' }),
    });
    await desktop.page.getByText('Harbour').click();
    await desktop.page.getByText('running', { exact: true }).waitFor({ timeout: 30_000 });
    await picture(desktop.page, 'main-10-server-desktop');
    // A conversation that nobody has begun answers 404, which a browser writes to its console; so does a machine whose interfaces change, as
    // they do when a test server starts.
    const ours = [...app.complaints, ...desktop.complaints].filter((complaint) => !/404|net::ERR_NETWORK_CHANGED/.test(complaint));
    expect(ours).toEqual([]);
    expect(test.logged()).not.toContain(API_KEY);
    await desktop.context.close();
  });
});
