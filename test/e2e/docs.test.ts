import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { THEMES } from '../support/fake-telegram.ts';
import { describeIf } from '../support/needs.ts';
import { DESKTOP, launchOf, openPage, PHONE, picture } from '../support/telegram-page.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const TRIAL = { APP_DOMAIN: '', TELEGRAM_BOT_TOKEN: '', JWT_SECRET: '', ENCRYPTION_KEY: '', SUPER_ADMIN_IDS: '' };
const count = Object.values(api).reduce((sum, route) => sum + ('alsoPost' in route ? 2 : 1), 0);

describeIf(CHROMIUM !== undefined, 'it needs Chromium')('The page of the API', () => {
  let test: TestWorld;
  let browser: Browser;
  let person: Person;
  let token: string;
  beforeAll(async () => {
    buildWebApp();
    [test, browser] = await Promise.all([startWorld(), startBrowser()]);
    person = await test.person(821, 'Ira');
    token = (await person.post('/me/tokens', { name: 'docs', scope: 'read' })).body.token;
  });
  afterAll(async () => {
    await browser?.close();
    await test?.[Symbol.asyncDispose]();
  });

  const widerThanWindow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const enter = async (page: Page, secret: string): Promise<void> => {
    await page.getByLabel('Personal token').fill(secret);
    await page.getByRole('button', { name: 'Show the API' }).press('Enter');
  };

  it.each([
    ['phone-light', PHONE, 'light' as const],
    ['phone-dark', PHONE, 'dark' as const],
    ['desktop-light', DESKTOP, 'light' as const],
  ])(
    'shows every operation to whoever has a token: %s, within its policy, readable, no wider than the window (S40)',
    async (name, viewport, colorScheme) => {
      const { page, context, complaints } = await openPage(browser, `${test.url}/api/docs`, { viewport, colorScheme });
      await enter(page, token);
      await page.getByRole('status').getByText(`${count} of ${count} operations`).waitFor();
      expect(await page.locator('details.operation').count()).toBe(count);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      await page.locator('#addServer pre').first().waitFor();
      await page.evaluate(() => document.querySelectorAll('details details').forEach((one) => ((one as HTMLDetailsElement).open = true)));
      expect(await widerThanWindow(page)).toBe(0);
      expect(await page.locator('#addServer').textContent()).toMatch(
        /For everybody who is signed in\. A personal token needs the scope write\. At most 60 times a minute.*jump\.host.*curl -X POST 'http:\/\/127\.0\.0\.1:\d+\/api\/servers'.*"hasPassword": true.*server\.host_not_allowed/s,
      );
      await page.evaluate(() =>
        document.querySelectorAll('details').forEach((one) => (one.open = ['addServer', 'readMe'].includes(one.id))),
      );
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByLabel('Search').fill('addServer');
      await page.getByText(`1 of ${count} operations`).waitFor();
      await picture(page, `docs-${name}`);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it('holds nothing before somebody signs in, and says what is wrong with a token', async () => {
    const { page, context } = await openPage(browser, `${test.url}/api/docs`);
    await page.getByText('Only people who are signed in may read it.').waitFor();
    expect(await page.content()).not.toContain('/servers');
    expect(await page.locator('details').count()).toBe(0);
    await enter(page, 'nonsense');
    await page.getByRole('alert').getByText('A personal token begins with cmr_').waitFor();
    await enter(page, 'cmr_this-was-never-given-to-anybody-0000000');
    await page.getByRole('alert').getByText(/\w\./).waitFor();
    await picture(page, 'docs-token-refused');
    await enter(page, token);
    await page.locator('details.operation').first().waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
    expect(kept).not.toContain('cmr_');
    await context.close();
  });

  it('is searched and opened by keyboard alone, and its address leads back to the operation', async () => {
    const { page, context } = await openPage(browser, `${test.url}/api/docs#readMe`);
    await enter(page, token);
    await page.locator('#readMe[open] pre').first().waitFor();
    await page.locator('#readMe summary').first().focus();
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('search');
    await page.keyboard.type('delete server.not_found /servers/{id}/access');
    await page.getByRole('status').getByText(`1 of ${count} operations`).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#revokeAccess[open]').getByText('the owner of the server').waitFor();
    expect(new URL(page.url()).hash).toBe('#revokeAccess');
    await page.getByLabel('Search').fill('no such thing at all');
    await page.getByText('Nothing fits. Try fewer words.').waitFor();
    await context.close();
  });

  it('opens from the settings of the Mini App without a question, and leaves no session behind', async () => {
    const sessions = async (): Promise<string[]> => (await person.get('/me/sessions')).body.sessions.map(({ id }: { id: string }) => id);
    const launch = launchOf({ id: 821, name: 'Ira' }, { theme: THEMES.dark });
    const { page, context, complaints } = await openPage(browser, `${test.url}/settings`, { telegram: launch });
    await page.getByRole('link', { name: /API reference/ }).waitFor();
    const before = await sessions();
    await page.getByRole('link', { name: /API reference/ }).click();
    await page.getByRole('status').getByText(`${count} of ${count}`).waitFor();
    expect(new URL(page.url()).pathname).toBe('/api/docs');
    expect(await sessions()).toEqual(before);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('opens by one press in the local trial', async () => {
    await using trial = await startWorld({ env: TRIAL });
    const { page, context, complaints } = await openPage(browser, `${trial.url}/api/docs`);
    await page.getByRole('button', { name: 'Sign in to this trial' }).click();
    await page.locator('details.operation').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
