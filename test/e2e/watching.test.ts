import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { clumsy, visit } from '../support/clumsy.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { launchOf, openPage, picture, pressMain } from '../support/telegram-page.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watching.ts';

const why = SSHD === undefined ? 'it needs sshd' : CHROMIUM === undefined ? 'there is no Chromium' : undefined;
const OLGA = { id: 1, name: 'Olga' };

describeIf(why === undefined, `a browser: ${why}`)('A watched server, from the app', () => {
  let watched: WatchedWorld;
  let browser: Browser;
  let receiver: Receiver;
  let incidentId: string;

  beforeAll(async () => {
    buildWebApp();
    [watched, browser, receiver] = await Promise.all([startWatchedWorld(), startBrowser(), startReceiver()]);
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
    await receiver?.[Symbol.asyncDispose]();
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

  it('hears of an incident as it opens, and asks no more by the clock', async () => {
    const page = await open();
    const feed = page.waitForResponse(/\/api\/incidents\/events$/);
    await visit(page, `/servers/${watched.serverId}/incidents`);
    expect((await feed).status()).toBe(200);
    await page.getByRole('link', { name: /The disk is nearly full/ }).waitFor();
    await watched.owner.put(`/servers/${watched.serverId}/monitoring`, { rules: { memory: { percent: 1, looks: 1 } } });
    await watched.look();
    await page.getByRole('link', { name: /Hardly any memory is left/ }).waitFor();
    await page.context().close();
  });

  it('says what its incidents open at, and lets its admins set it', async () => {
    const page = await open();
    await visit(page, `/servers/${watched.serverId}/monitoring`);
    await page.getByRole('button', { name: /The disk is nearly full/ }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Critical from, in percent').fill('101');
    await form.getByText('A whole number from 1 to 100.').waitFor();
    await form.getByLabel('Critical from, in percent').fill('70');
    await form.getByLabel('Warning from, in percent').fill('80');
    await form.getByText('The warning must come before it is critical.').waitFor();
    await form.getByLabel('Warning from, in percent').fill('60');
    expect(await faults(page)).toEqual([]);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('from 60 %, critical from 70 %').waitFor();
    expect((await watched.owner.get(`/servers/${watched.serverId}/monitoring`)).body.rules.disk).toEqual({
      enabled: true,
      warning: 60,
      critical: 70,
    });
    expect(await faults(page)).toEqual([]);
    await picture(page, 'watching-rules');
    await page.getByRole('switch', { name: 'Watch this server' }).click();
    await page.getByText('nobody is told of trouble').waitFor();
    await watched.owner.put(`/servers/${watched.serverId}/monitoring`, { enabled: true });
    await page.context().close();
  });

  it('tells other programs: added, tested, its secret shown once, what it was told listed, deleted (S28)', async () => {
    const page = await open();
    const home = `/servers/${watched.serverId}/webhooks`;
    await visit(page, home);
    await page.getByText('Nobody is told yet').waitFor();
    await pressMain(page, 'New webhook');
    const form = page.getByRole('dialog');
    await form.getByLabel('Address').fill(receiver.url);
    await form.getByRole('button', { name: 'The disk is nearly full' }).click();
    await form.getByRole('button', { name: 'Add' }).click();
    const secret = await page.getByText(/^whsec_/).innerText();
    expect(await faults(page)).toEqual([]);
    await pressMain(page, 'I have copied it');
    await page.getByText(secret).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /127\.0\.0\.1/ }).click();
    await pressMain(page, 'Send a test');
    await page.getByText(/It answered within/).waitFor();
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.test']);
    receiver.answer({ status: 500 });
    await pressMain(page, 'Send a test');
    await page.getByText('it answered 500').waitFor();
    const { serverId } = watched;
    const { db, webhooks } = watched.test.world;
    await db.transaction().execute((trx) =>
      webhooks.store(trx, {
        kind: 'disk',
        phase: 'opened',
        severity: 'warning',
        audience: { role: 'viewer', serverId },
        server: { id: serverId, name: 'ship' },
        subject: 'inc_page',
        facts: { path: '/', percent: 91 },
        at: watched.clock.now(),
      }),
    );
    webhooks.wake();
    await page.getByText('The disk is nearly full: began').click();
    await page.getByText(/1 attempt/).waitFor();
    expect(await faults(page)).toEqual([]);
    await picture(page, 'watching-webhook');
    await page.getByRole('button', { name: 'Delete this webhook' }).click();
    await page.getByText('Nobody is told yet').waitFor();
    expect((await watched.owner.get(home)).body.webhooks).toEqual([]);
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
    for (const screen of ['monitoring', 'webhooks']) {
      await visit(page, `/servers/${watched.serverId}/${screen}`);
      await page.locator('main .card, main .empty').first().waitFor();
      expect(await faults(page, 'ru')).toEqual([]);
      await picture(page, `watching-${screen}-ru`);
    }
    await page.context().close();
  });
});
