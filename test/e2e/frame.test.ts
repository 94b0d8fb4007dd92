import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { describeIf } from '../support/needs.ts';
import { launchOf } from '../support/telegram-page.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

// What web.telegram.org gives a Mini App.
const SANDBOX = 'allow-scripts allow-same-origin allow-popups allow-forms allow-modals allow-storage-access-by-user-activation';

describeIf(CHROMIUM !== undefined, 'it needs Chromium')('The Mini App in a frame', () => {
  let test: TestWorld;
  let browser: Browser;

  beforeAll(async () => {
    buildWebApp();
    // The page of another site may not reach loopback without a question that nobody answers here.
    [test, browser] = await Promise.all([
      startWorld(),
      startBrowser([
        '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
        '--test-third-party-cookie-phaseout',
      ]),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await test?.[Symbol.asyncDispose]();
  });

  const framedBy = async (site: string): Promise<{ page: Page; complaints: string[] }> => {
    const { initData, theme = {} } = launchOf({ id: 801, name: 'Fay' });
    const launch = new URLSearchParams({
      tgWebAppData: initData,
      tgWebAppVersion: '9.6',
      tgWebAppPlatform: 'weba',
      tgWebAppThemeParams: JSON.stringify(theme),
    });
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await context.route(`${site}/**`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<script>window.said = []; onmessage = ({ data }) => { if (typeof data === 'string') said.push(JSON.parse(data).eventType); };</script>
<iframe sandbox="${SANDBOX}" src="${test.url}/#${launch.toString().replaceAll('&', '&amp;')}" width="360" height="700"></iframe>`,
      }),
    );
    await page.goto(`${site}/`);
    return { page, complaints };
  };

  it("starts inside Telegram's web client, also where storage is forbidden, and talks to it (checklist 26)", async () => {
    const { page, complaints } = await framedBy('https://web.telegram.org');
    await page.frameLocator('iframe').getByText('No server yet').waitFor({ timeout: 20_000 });
    await page.waitForFunction(() => (window as unknown as { said: string[] }).said.includes('web_app_ready'));
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said).toContain('iframe_ready');
    expect(said).toContain('web_app_setup_main_button');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('starts where the mere mention of storage throws (checklist 26)', async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => {
      for (const name of ['sessionStorage', 'localStorage'])
        Object.defineProperty(window, name, {
          configurable: true,
          get: () => {
            throw new DOMException('denied', 'SecurityError');
          },
        });
    });
    const page = await context.newPage();
    await page.goto(test.url);
    await page.getByText('Open Clawmoor from its Telegram bot').waitFor();
    await context.close();
  });

  it('stays empty inside the frame of anybody else (checklist 25)', async () => {
    const { page, complaints } = await framedBy('https://evil.example');
    await expect.poll(() => complaints.join('\n'), { timeout: 10_000 }).toContain('frame-ancestors');
    expect(await page.evaluate(() => (window as unknown as { said: string[] }).said)).toEqual([]);
    await page.context().close();
  });
});
