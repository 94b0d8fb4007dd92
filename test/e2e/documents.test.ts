import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWebApp } from '../../deploy/toolbox.mjs';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { clumsy, visit } from '../support/clumsy.ts';
import { looks } from '../support/look.ts';
import { THEMES } from '../support/fake-telegram.ts';
import { describeIf } from '../support/needs.ts';
import { startOllamaWorld, type OllamaWorld } from '../support/ollama-world.ts';
import { answerAsRag, health } from '../support/rag-answers.ts';
import { SSHD } from '../support/sshd.ts';
import { callsOf, launchOf, openPage, PHONE, picture } from '../support/telegram-page.ts';

const why = SSHD === undefined ? 'it needs sshd' : CHROMIUM === undefined ? 'there is no Chromium' : undefined;
const OLGA = { id: 101, name: 'Olga' };
const PHONE_EN = { viewport: PHONE, theme: THEMES.light, language: 'en' };

describeIf(why === undefined, `a browser: ${why}`)('Documents and local models, from the app', () => {
  let world: OllamaWorld;
  let browser: Browser;
  let home: string;

  beforeAll(async () => {
    buildWebApp();
    [world, browser] = await Promise.all([startOllamaWorld(), startBrowser()]);
    home = `/servers/${world.serverId}`;
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  const open = async (look: { viewport: typeof PHONE; theme: Record<string, string>; language: string } = PHONE_EN) => {
    const { page, context } = await openPage(browser, `${world.test.url}/`, {
      viewport: look.viewport,
      telegram: launchOf({ ...OLGA, language: look.language }, { theme: look.theme }),
    });
    page.setDefaultTimeout(30_000);
    const rag = await answerAsRag(context, world.serverId);
    await page.locator('a.card.server').first().waitFor();
    return { page, context, rag };
  };

  it('shows what a server without Ollama could have, brings a model with a live percentage, stops, and deletes it', async () => {
    const { page, context } = await open();
    await visit(page, `${home}/ollama`);
    await page.getByRole('heading', { name: 'No Ollama on this server' }).waitFor();
    await picture(page, 'documents-phone-light-en-ollama-none');
    expect((await world.install()).state).toBe('succeeded');
    await page.reload();
    await page.getByText('No model yet').waitFor();
    await page.getByLabel('Another model').fill('not a name');
    await page.getByLabel('Another model').press('Enter');
    await page.getByText(/Letters, digits/).waitFor();
    await page.getByLabel('Another model').fill('slow-minilm');
    await page.getByLabel('Another model').press('Enter');
    const progress = page.getByRole('progressbar', { name: 'Download the model' });
    await progress.waitFor();
    await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 5);
    await picture(page, 'documents-phone-light-en-ollama-pull');
    await page.getByText('for documents').waitFor();
    await page.getByRole('button', { name: 'Delete slow-minilm' }).click();
    await page.getByText('No model yet').waitFor();
    expect((await callsOf(page, 'web_app_open_popup')).length).toBe(1);
    await context.close();
  });

  it('uploads documents, switches the search on, asks a question and deletes the collection, by keyboard and thumb', async () => {
    const { page, context, rag } = await open();
    await visit(page, `${home}/documents`);
    await page.getByRole('link', { name: /Harbour master/ }).click();
    await page.getByText('There is no text in it').waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'bow.txt', mimeType: 'text/plain', buffer: Buffer.from('The bow thruster is broken.') });
    await page.getByRole('button', { name: 'Add documents' }).waitFor();
    await page.getByRole('switch', { name: /The agent searches/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('link', { name: /Try a question/ }).click();
    await page.getByLabel('Question').fill('what does a berth cost?');
    await page.keyboard.press('Enter');
    await page.getByText(/2 passages in 31 ms, by words/).waitFor();
    await page.getByText('page 12–13').waitFor();
    await visit(page, `${home}/documents/harbour/settings`);
    await page.getByRole('button', { name: 'Delete the collection' }).click();
    await page.getByLabel(/Harbour master/).fill('Harbour master');
    await page.locator('dialog').getByRole('button', { name: 'Delete the collection' }).click();
    await page.getByRole('heading', { name: 'Documents', exact: true }).waitFor();
    expect(rag.sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST agents/harbour/files',
      'POST agents/harbour/disable-skill',
      'POST agents/harbour/query',
      'DELETE agents/harbour',
    ]);
    expect(rag.sent[0]?.body).toMatch(/name="files"; filename="bow.txt"[\s\S]*The bow thruster is broken/);
    await context.close();
  });

  it('has a face for waiting, failing and nothing', async () => {
    const { page, context, rag } = await open();
    rag.state.waits = true;
    await visit(page, `${home}/documents`);
    await page.locator('.waiting').waitFor();
    rag.state.waits = false;
    rag.state.fails = true;
    await page.reload();
    await page.locator('.notice.bad').first().waitFor();
    await picture(page, 'documents-phone-light-en-failed');
    rag.state.fails = false;
    rag.state.health = health({ installed: false, running: false, version: null });
    await page.reload();
    await page.getByRole('heading', { name: 'No document search on this server' }).waitFor();
    await picture(page, 'documents-phone-light-en-none');
    await context.close();
  });

  it.each(looks('phone-dark-ru'))('has no serious finding of axe, no clipped text and no raw key: $name', async (look) => {
    const { page, context } = await open(look);
    const found: string[] = [];
    const screens: [name: string, path: string, settled: string][] = [
      ['home', `${home}/documents`, 'a.row[href*="/documents/harbour"]'],
      ['collection', `${home}/documents/harbour`, 'a.row[href*="/files/f1"]'],
      ['begin', `${home}/documents/helper`, 'form'],
      ['ask', `${home}/documents/harbour/ask`, 'form'],
      ['settings', `${home}/documents/harbour/settings`, '.button.danger'],
      ['orphan', `${home}/documents/old-pilot`, '.notice.warn'],
      ['document', `${home}/documents/harbour/files/f5`, 'article'],
      ['document-failed', `${home}/documents/harbour/files/f3`, '.notice.bad'],
      ['ollama', `${home}/ollama`, 'li.row'],
    ];
    for (const [name, path, settled] of screens) {
      await visit(page, path);
      await page.locator(settled).first().waitFor();
      if (name === 'ask') {
        await page.locator('input[type=search]').fill('what does a berth cost?');
        await page.keyboard.press('Enter');
        await page.locator('article').first().waitFor();
      }
      await picture(page, `documents-${look.name}-${name}`);
      for (const finding of [...(await seriousFindings(page)), ...(await clumsy(page, look.language))]) found.push(`${name}: ${finding}`);
    }
    expect(found).toEqual([]);
    await context.close();
  });
});
