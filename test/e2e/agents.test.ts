import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { THEMES } from '../support/fake-telegram.ts';
import { clumsy, LOOKS, visit } from '../support/look.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { startOpenclawWorld, type OpenclawWorld } from '../support/openclaw-world.ts';
import { SSHD } from '../support/sshd.ts';
import { launchOf, openPage, PHONE, picture, type AppPage } from '../support/telegram-page.ts';

const why = CHROMIUM === undefined ? 'it needs Chromium' : SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const ANN = { id: 1, name: 'Ann' };
const BEN = { id: 2, name: 'Ben' };

describeIf(why === undefined, `a browser, an sshd and the real OpenClaw: ${why}`)('The screens of an agent, over a real gateway', () => {
  let all: OpenclawWorld;
  let browser: Browser;
  let home: string;

  beforeAll(async () => {
    buildWebApp();
    [all, browser] = await Promise.all([startOpenclawWorld(), startBrowser()]);
    home = `/servers/${all.serverId}`;
    const made = await all.owner.post(`${all.base}/agents`, { id: 'deck', name: 'Deck hand' });
    expect(made.status).toBe(201);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await all?.[Symbol.asyncDispose]();
  });

  const open = async (path: string, person = ANN, look: { language?: string; theme?: Record<string, string> } = {}): Promise<AppPage> => {
    const { language, theme } = look;
    const app = await openPage(browser, all.test.url + path, {
      telegram: launchOf({ ...person, ...(language !== undefined && { language }) }, theme ? { theme } : {}),
    });
    app.page.setDefaultTimeout(15_000);
    return app;
  };
  const chatOf = (page: Page) => page.locator('ol.talk');
  const say = async (page: Page, message: string): Promise<void> => {
    await page.getByLabel('Message').fill(message);
    await page.getByRole('button', { name: 'Send' }).click();
  };

  it('talks: words come one by one, with what the agent does, and are there again after a reload (U7)', async () => {
    const { page, context, complaints } = await open(`${home}/agents/main/chat`);
    await page.getByRole('button', { name: /^Hello! Who are you/ }).click();
    await chatOf(page).getByText('test-model heard: Hello! Who are you, and what can you do?').waitFor({ timeout: 60_000 });
    await page.getByText('It has answered.').waitFor();
    await say(page, 'run the command: echo ahoy-$((40+2))');
    await chatOf(page).locator('details.tool').waitFor({ timeout: 60_000 });
    await page.getByText('It has answered.').waitFor({ timeout: 60_000 });
    await chatOf(page).locator('details.tool summary').click();
    await chatOf(page).locator('pre').getByText('ahoy-42').waitFor();
    await say(page, 'slowly **one** two `three` four five six seven');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await picture(page, 'chat-speaking');
    await page.getByText('It has answered.').waitFor({ timeout: 60_000 });
    await chatOf(page).locator('strong').getByText('one', { exact: true }).waitFor();
    const before = await chatOf(page).innerText();
    await page.reload();
    await chatOf(page).locator('strong').getByText('one', { exact: true }).waitFor();
    console.log(before, '\n=====\n', await chatOf(page).innerText());
    await picture(page, 'chat-reloaded');
    expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
    await context.close();
  });
});
