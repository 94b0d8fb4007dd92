import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { startGatewayWorld, type GatewayWorld } from '../support/gateway-world.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { freePort, SSHD } from '../support/sshd.ts';
import { DESKTOP, openPage, PHONE, picture } from '../support/telegram-page.ts';

const why = SSHD === undefined ? 'it needs sshd' : CHROMIUM === undefined ? 'there is no Chromium' : whyNoOpenclaw();
const SHOWN_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 5_000;

describeIf(why === undefined, `a dashboard in a browser: ${why}`)("The real gateway's own dashboard, from anywhere", () => {
  let all: GatewayWorld;
  let browser: Browser;

  beforeAll(async () => {
    const port = await freePort();
    all = await startGatewayWorld({ env: { DASHBOARD_ORIGIN: `http://*.localhost:${port}` }, port });
    browser = await startBrowser();
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await all[Symbol.asyncDispose]();
  });

  const link = async (): Promise<string> => (await all.admin.get(`${all.at}/dashboard-url`)).body.url;
  const shows = (page: Page, words: string): Promise<unknown> =>
    page.waitForFunction((wanted) => document.body.innerText.includes(wanted), words, { timeout: SHOWN_WITHIN_MS });

  it('loads in Chromium and shows live data, and the browser never has the token', async () => {
    const { page, context, complaints } = await openPage(browser, 'about:blank', { viewport: DESKTOP });
    const seen: string[] = [];
    const bodies: Promise<unknown>[] = [];
    page.on('request', (request) => seen.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    // The body of an answer that the page itself never reads does not come to its end: only what it took is looked at.
    page.on('requestfinished', (request) => bodies.push(bodyOf(request).then((text) => seen.push(text))));
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => seen.push(String(payload)));
      socket.on('framereceived', ({ payload }) => seen.push(String(payload)));
    });
    const url = await link();
    expect(url).toMatch(/^http:\/\/g-[0-9a-f]{20}\.localhost:\d+\/clawmoor\/enter\?ticket=[\w-]{43}$/);
    await page.goto(url);
    await shows(page, 'Connected');
    await shows(page, 'test-model');
    expect(page.url()).not.toContain('ticket');
    await page.getByPlaceholder(/Message main/).fill('how deep is the harbour?');
    await page.keyboard.press('Enter');
    await shows(page, 'test-model heard: how deep is the harbour?');
    await picture(page, 'gateway-dashboard-desktop');
    await Promise.all(bodies);
    expect(seen.length).toBeGreaterThan(50);
    expect(seen.join('\n')).not.toContain(all.openclaw.token);
    expect(JSON.stringify(await context.cookies())).not.toContain(all.openclaw.token);
    expect(complaints.filter((line) => !line.startsWith('Failed to load resource'))).toEqual([]);
    await context.close();
  });

  it('fits a phone, and its link opens it only once', async () => {
    const url = await link();
    const { page, context } = await openPage(browser, url, { viewport: PHONE });
    await shows(page, 'test-model');
    await picture(page, 'gateway-dashboard-phone');
    await page.reload();
    await shows(page, 'test-model');
    await context.close();
    const other = await openPage(browser, url, { viewport: PHONE });
    await shows(other.page, 'used already');
    await other.context.close();
  });

  it('closes within 5 s when the access is revoked, its open socket too (S19)', async () => {
    const { page, context } = await openPage(browser, 'about:blank', { viewport: PHONE });
    const closed = new Promise<number>((resolve) =>
      page.once('websocket', (socket) => socket.once('close', () => resolve(performance.now()))),
    );
    await page.goto(await link());
    await shows(page, 'test-model');
    await all.test.world.db.deleteFrom('member').where('user_id', '=', all.admin.id).execute();
    const revokedAt = performance.now();
    expect((await closed) - revokedAt).toBeLessThan(ENDS_WITHIN_MS);
    await page.reload();
    await shows(page, 'your session or your access has ended');
    await context.close();
  });
});

const bodyOf = async (request: Request): Promise<string> => {
  const response = await request.response();
  return `${JSON.stringify(response?.headers())} ${await response?.text().catch(() => '')}`;
};
