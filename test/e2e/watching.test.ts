import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { clumsy, visit } from '../support/clumsy.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';
import { launchOf, openPage } from '../support/telegram-page.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watching.ts';

const why = SSHD === undefined ? 'it needs sshd' : CHROMIUM === undefined ? 'there is no Chromium' : undefined;
const OLGA = { id: 1, name: 'Olga' };

describeIf(why === undefined, `a browser: ${why}`)('A watched server, from the app', () => {
  let watched: WatchedWorld;
  let browser: Browser;
  let incidentId: string;

  beforeAll(async () => {
    buildWebApp();
    [watched, browser] = await Promise.all([startWatchedWorld(), startBrowser()]);
    await watched.owner.put(`/servers/${watched.serverId}/monitoring`, { rules: { disk: { warning: 1, critical: 100 } } });
    // Ten minutes are summed up for the chart of a week.
    await watched.look(11);
    // Samples are written a few seconds later, or when somebody asks for them.
    await watched.owner.get(`/servers/${watched.serverId}/metrics`);
    incidentId = (await watched.owner.get('/incidents')).body.incidents[0].id;
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await watched?.[Symbol.asyncDispose]();
  });

  const open = async (startParam?: string, language = 'en'): Promise<Page> => {
    const telegram = launchOf({ ...OLGA, language }, startParam === undefined ? {} : { startParam });
    const { page } = await openPage(browser, `${watched.test.url}/`, { telegram, locale: language });
    page.setDefaultTimeout(15_000);
    return page;
  };
  const faults = async (page: Page, language = 'en'): Promise<string[]> => [
    ...(await clumsy(page, language)),
    ...(await seriousFindings(page)),
  ];

  it('shows on its card the shape of the last hour and the worst that stands, and leads to what happened around it (U3)', async () => {
    const page = await open();
    const card = page.locator('a.card.server');
    await card.getByText('The disk is nearly full').waitFor();
    expect(await card.locator('svg.sparkline').getAttribute('aria-label')).toMatch(/^Processor of the last hour, now \d+ %$/);
    expect(await faults(page)).toEqual([]);
    await card.click();
    await page.locator('.plot canvas').waitFor();
    await page.getByRole('tab', { name: '7 days' }).click();
    await page.locator('.plot canvas').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('link', { name: /^Incidents/ }).click();
    await page
      .getByRole('link', { name: /The disk is nearly full/ })
      .first()
      .click();
    await page.getByText('opened: disk').first().waitFor();
    await page.getByText('monitoring.change').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.context().close();
  });

  it('opens the incident that a link names, and lets somebody say that they look after it', async () => {
    const page = await open(incidentId);
    await page.getByRole('button', { name: 'I look after it' }).click();
    await page.getByText('Olga looks after it').waitFor();
    expect((await watched.owner.get(`/incidents/${incidentId}`)).body.acknowledgedBy).toBe('Olga');
    await page.context().close();
  });

  it('speaks Russian', async () => {
    const page = await open(undefined, 'ru');
    await page.locator('a.card.server').getByText('Диск почти заполнен').waitFor();
    await visit(page, `/servers/${watched.serverId}/incidents`);
    await page
      .getByRole('link', { name: /Диск почти заполнен/ })
      .first()
      .waitFor();
    expect(await faults(page, 'ru')).toEqual([]);
    await page.context().close();
  });
});
