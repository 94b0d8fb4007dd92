import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { describeIf } from '../support/needs.ts';
import { launchOf, openPage } from '../support/telegram-page.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

describeIf(CHROMIUM !== undefined, 'it needs Chromium')('A launch from Telegram', () => {
  let test: TestWorld;
  let browser: Browser;
  beforeAll(async () => {
    buildWebApp();
    [test, browser] = await Promise.all([startWorld(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await test?.[Symbol.asyncDispose]();
  });

  it('leaves initData in no address: not in the bar, not in the history, not in a request, and sends it once (S3)', async () => {
    const launch = launchOf({ id: 811, name: 'Gil' });
    const { page, context } = await openPage(browser, 'about:blank', { telegram: launch });
    const asked: { url: string; method: string; body: string; headers: string }[] = [];
    page.on('request', (request) => {
      asked.push({
        url: request.url(),
        method: request.method(),
        body: request.postData() ?? '',
        headers: JSON.stringify(request.headers()),
      });
    });
    await page.goto(test.url);
    await page.getByText('No server yet').waitFor();
    const hash = new URLSearchParams(launch.initData).get('hash') ?? '';
    expect(hash).toHaveLength(64);
    expect(page.url()).not.toMatch(/tgWebApp|#/);
    const kept = await page.evaluate(() => JSON.stringify([location.href, history.state, document.referrer, document.cookie]));
    expect(kept).not.toContain(hash);
    const carriers = asked.filter((request) => JSON.stringify(request).includes(hash));
    expect(carriers.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual(['POST /api/auth/telegram']);
    expect(carriers[0]?.url + String(carriers[0]?.headers)).not.toContain(hash);
    expect(test.logged()).not.toContain(hash);
    await context.close();
  });

  it.each([
    'srv_srv_abcdefghij0123456789',
    'task_tsk_abcdefghij0123456789',
    'delete_srv_abcdefghij0123456789',
    '../api/servers?method=delete',
  ])('with the link %s opens a screen, and asks the server to change nothing (S5)', async (startParam) => {
    const changes: string[] = [];
    const { page, context } = await openPage(browser, 'about:blank', { telegram: launchOf({ id: 812, name: 'Hal' }, { startParam }) });
    page.on('request', (request) => {
      if (request.method() !== 'GET') changes.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    await page.goto(test.url);
    await page.waitForLoadState('networkidle');
    await page.locator('main, [role=main], h1').first().waitFor();
    expect(changes).toEqual(['POST /api/auth/telegram']);
    await context.close();
  });
});
