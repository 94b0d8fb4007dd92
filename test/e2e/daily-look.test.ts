import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { clumsy, visit } from '../support/clumsy.ts';
import { CAPTAIN, startDailyAppWorld, type DailyAppWorld } from '../support/daily-app-world.ts';
import { HARD_THEMES, looks, shareOf, widestOf } from '../support/look.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';
import { launchOf, openPage, PHONE, picture, type AppPage } from '../support/telegram-page.ts';

const why = SSHD === undefined ? 'it needs sshd' : CHROMIUM === undefined ? 'there is no Chromium' : whyNoOpenclaw();

/** Every screen that shows a gateway in use, and what must be there before it is looked at. */
const screensOf = ({ serverId, sunk, jobs }: DailyAppWorld): [name: string, path: string, settled: string][] => {
  const home = `/servers/${serverId}`;
  return [
    ['home', '/', 'a[href="/approvals"]'],
    ['approvals', '/approvals', 'pre.command'],
    ['server', home, 'a[href$="/costs"]'],
    ['logs', `${home}/logs`, '.log-line'],
    ['logs-failed', `/servers/${sunk}/logs`, '.notice.bad'],
    ['config', `${home}/config`, 'a.row[href*="config/gateway"]'],
    ['config-part', `${home}/config/gateway`, 'a.row[href$="gateway.port"]'],
    ['config-value', `${home}/config/gateway.bind`, 'select'],
    ['config-secret', `${home}/config/channels.telegram.botToken`, 'input[type=password]'],
    ['config-list', `${home}/config/tools.deny`, 'textarea'],
    ['config-map', `${home}/config/models.providers`, 'form'],
    ['config-history', `${home}/config-history`, '.empty'],
    ['diagnosis', `${home}/diagnosis`, '.log-line'],
    ['stop', `${home}/stop`, 'fieldset'],
    ['stop-all', '/stop', 'input[role=switch]'],
    ['cron', `${home}/cron`, 'a.row'],
    ['job', `${home}/cron/${jobs.failing}`, 'section ul.list .row .bad'],
    ['job-edit', `${home}/cron/${jobs.paused}/edit`, 'form'],
    ['job-new', `${home}/new-job`, 'form'],
    ['channels', `${home}/channels`, 'article .state'],
    ['costs', `${home}/costs`, '.plot canvas'],
    ['budget-new', `${home}/new-budget`, 'form'],
    ['models', `${home}/models`, 'li.row'],
    ['devices', `${home}/devices`, '.empty, article'],
  ];
};

describeIf(why === undefined, `a browser and the real OpenClaw: ${why}`)('Every screen of a gateway in use', () => {
  let all: DailyAppWorld;
  let browser: Browser;

  beforeAll(async () => {
    buildWebApp();
    [all, browser] = await Promise.all([startDailyAppWorld(), startBrowser()]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await all?.[Symbol.asyncDispose]();
  });

  const open = async (look: { viewport: typeof PHONE; theme: Record<string, string>; language: string }): Promise<AppPage> => {
    const page = await openPage(browser, `${all.test.url}/`, {
      viewport: look.viewport,
      telegram: launchOf({ ...CAPTAIN, language: look.language }, { theme: look.theme }),
    });
    await page.page.locator('a.card.server').first().waitFor();
    return page;
  };
  const look = async ({ page }: AppPage, [name, path, settled]: ReturnType<typeof screensOf>[number]): Promise<string> => {
    await visit(page, path);
    await page
      .locator(settled)
      .first()
      .waitFor()
      .catch((error: Error) => Promise.reject(new Error(`${name}: ${error.message.slice(0, 300)}`)));
    return name;
  };

  it.each(looks('phone-light-en'))(
    'has no serious finding of axe, no clipped text and no raw key: $name (checklist 5, 31, U21, U23)',
    async (face) => {
      const found: string[] = [];
      const page = await open(face);
      for (const screen of screensOf(all)) {
        const name = await look(page, screen);
        await picture(page.page, `daily-${face.name}-${name}`);
        for (const finding of [...(await seriousFindings(page.page)), ...(await clumsy(page.page, face.language))])
          found.push(`${name}: ${finding}`);
      }
      expect(found).toEqual([]);
      // The server that is off answers with a failure, which a browser writes to its console.
      expect(page.complaints.filter((complaint) => !/status of (404|409|502|504)/.test(complaint))).toEqual([]);
      await page.context.close();
    },
  );

  it.each(HARD_THEMES)(
    'can be read in the theme %s, from right to left, and with text twice as large (checklist 5, 33, U23)',
    async (name, theme) => {
      const found: string[] = [];
      const page = await open({ viewport: PHONE, theme, language: name === 'tinted' ? 'ru' : 'en' });
      for (const screen of shareOf(name, screensOf(all))) {
        await look(page, screen);
        for (const finding of await seriousFindings(page.page)) found.push(`${screen[0]}: ${finding}`);
        const width = await page.page.evaluate(widestOf);
        if (width > PHONE.width) found.push(`${screen[0]}: ${width} px wide`);
      }
      expect(found).toEqual([]);
      await page.context.close();
    },
  );
});
