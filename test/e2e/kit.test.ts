import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../deploy/toolbox.mjs';
import { serveKit } from '../../webapp/ui.ts';
import { THEMES } from '../../webapp/src/kit/themes.ts';
import { seriousFindings } from '../support/axe.ts';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { clumsy } from '../support/clumsy.ts';
import { describeIf } from '../support/needs.ts';
import { openPage, picture } from '../support/telegram-page.ts';

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, 'webapp/src', folder)).filter((name) => name.endsWith(ending));

describe('The page of the kit', () => {
  it('shows every element: none of them is left out', () => {
    const page = filesIn('kit', '.tsx')
      .map((name) => readFileSync(join(ROOT, 'webapp/src/kit', name), 'utf8'))
      .join('\n');
    expect(filesIn('ui', '.tsx').filter((name) => !page.includes(`'../ui/${name}'`))).toEqual([]);
  });
});

describeIf(CHROMIUM !== undefined, 'it needs Chromium')('The page of the kit, in a browser', () => {
  let kit: Awaited<ReturnType<typeof serveKit>>;
  let browser: Browser;
  beforeAll(async () => {
    [kit, browser] = await Promise.all([serveKit({ port: 0 }), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await kit?.close();
  });

  it.each(Object.keys(THEMES))('can be read and used in the theme %s (checklist 4, 5, 31)', async (theme) => {
    const { page, context, complaints } = await openPage(browser, `${kit.url}?theme=${theme}`);
    await page.locator('.plot canvas').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await clumsy(page, 'en')).toEqual([]);
    expect(complaints).toEqual([]);
    await picture(page, `kit-${theme}`);
    await context.close();
  });

  it('stands in all its themes side by side', async () => {
    const { page, context } = await openPage(browser, kit.url);
    for (const theme of Object.keys(THEMES)) await page.frameLocator(`iframe[title=${theme}]`).getByText(`The kit, ${theme}`).waitFor();
    await context.close();
  });
});
