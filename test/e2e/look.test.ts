import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { OWNER, startAppWorld, type AppWorld } from '../support/app-world.ts';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { clumsy, visit } from '../support/clumsy.ts';
import { THEMES } from '../support/fake-telegram.ts';
import { HARD_THEMES, looks, shareOf, widestOf } from '../support/look.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';
import { launchOf, openPage, PHONE, picture, type AppPage } from '../support/telegram-page.ts';

const why = CHROMIUM === undefined ? 'it needs Chromium' : SSHD === undefined ? 'it needs sshd' : undefined;

/** Every screen, and what must be there before it is looked at. */
const screensOf = ({ servers, tasks }: AppWorld): [name: string, path: string, settled: string][] => [
  ['servers', '/', 'a.card.server'],
  ['add', '/add', 'form'],
  ['server', `/servers/${servers.harbour}`, 'section ul.list a.row'],
  ['server-key-changed', `/servers/${servers.lighthouse}`, '.alarm'],
  ['connect', `/servers/${servers.pier}/connect`, 'main p'],
  ['setup', `/servers/${servers.harbour}/setup`, '.card details'],
  ['agents', `/servers/${servers.harbour}/agents`, '.notice.bad'],
  ['history', `/servers/${servers.harbour}/history`, 'a.row'],
  ['task-failed', `/tasks/${tasks.failed}`, '.log-line'],
  ['task-running', `/tasks/${tasks.running}`, 'li.running'],
  ['task-done', `/tasks/${tasks.done}`, 'li.done'],
  ['settings', '/settings', 'fieldset'],
  ['access', `/servers/${servers.harbour}/access`, 'ul.list button.small'],
  ['invite', `/servers/${servers.harbour}/access/invite`, 'form'],
  ['invitation', '/invitation', 'form'],
  ['device', '/device', 'form'],
  ['notifications', '/settings/notifications', 'input[role=switch]'],
  ['sessions', '/settings/sessions', 'li.row'],
  ['tokens', '/settings/tokens', 'li.row'],
  ['audit', `/servers/${servers.harbour}/audit`, 'ul.long li'],
  ['admin', '/admin', 'main details'],
  ['own-backups', '/admin/backups', 'button.row'],
  ['audit-whole', '/admin/audit', 'ul.long li'],
];

describeIf(why === undefined, `a browser and an sshd: ${why}`)('Every screen', () => {
  let app: AppWorld;
  let browser: Browser;

  beforeAll(async () => {
    buildWebApp();
    [app, browser] = await Promise.all([startAppWorld(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  const open = (path: string, look: { viewport: typeof PHONE; theme: Record<string, string>; language: string }): Promise<AppPage> =>
    openPage(browser, app.test.url + path, {
      viewport: look.viewport,
      telegram: launchOf({ ...OWNER, language: look.language }, { theme: look.theme }),
    });

  it.each(looks('phone-dark-ru'))(
    'has no serious finding of axe, no clipped text and no raw key: $name (checklist 5, 31, U21, U23)',
    async (look) => {
      const found: string[] = [];
      const page = await open('/', look);
      await page.page.locator('a.card.server').first().waitFor();
      for (const [name, path, settled] of screensOf(app)) {
        await visit(page.page, path);
        await page.page.locator(settled).first().waitFor();
        await picture(page.page, `${look.name}-${name}`);
        for (const finding of [...(await seriousFindings(page.page)), ...(await clumsy(page.page, look.language))])
          found.push(`${name}: ${finding}`);
      }
      expect(found).toEqual([]);
      // The agents of a server without a gateway answer 409, which a browser writes to its console.
      expect(page.complaints.filter((complaint) => !complaint.includes('409'))).toEqual([]);
      await page.context.close();
    },
  );

  it.each(HARD_THEMES)(
    'can be read in the theme %s, from right to left and with text twice as large (checklist 5, 33, U23)',
    async (name, theme) => {
      const found: string[] = [];
      const page = await open('/', { viewport: PHONE, theme, language: name === 'tinted' ? 'ru' : 'en' });
      await page.page.locator('a.card.server').first().waitFor();
      for (const [screen, path, settled] of shareOf(name, screensOf(app))) {
        await visit(page.page, path);
        await page.page.locator(settled).first().waitFor();
        if (screen === 'server' || screen === 'task-failed') await picture(page.page, `phone-${name}-${screen}`);
        for (const finding of await seriousFindings(page.page)) found.push(`${screen}: ${finding}`);
        const width = await page.page.evaluate(widestOf);
        if (width > PHONE.width) found.push(`${screen}: ${width} px wide`);
      }
      expect(found).toEqual([]);
      await page.context.close();
    },
  );

  it('turns its arrows round where the script does, and leaves addresses as they are (checklist 33)', async () => {
    const page = await open(`/servers/${app.servers.harbour}`, { viewport: PHONE, theme: THEMES.light, language: 'en' });
    await page.page.locator('section ul.list a.row').first().waitFor();
    await page.page.evaluate(() => (document.documentElement.dir = 'rtl'));
    await picture(page.page, 'phone-rtl-server');
    const arrow = page.page.locator('.chevron .icon').first();
    expect(await arrow.evaluate((icon) => getComputedStyle(icon).scale)).toBe('-1 1');
    expect(await page.page.locator('bdi.mono').first().getAttribute('dir')).toBe('ltr');
    await page.context.close();
  });
});
