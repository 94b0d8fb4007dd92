import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { installFakeTelegram, THEMES, type FakeTelegram, type FakeTelegramOptions } from './fake-telegram.ts';
import { signInitData } from './world.ts';

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };
const SCREENSHOTS = join(import.meta.dirname, '../e2e/screenshots');
const NATIVE_BUTTON_MS = 20_000;

export interface AppPage {
  page: Page;
  context: BrowserContext;
  /** Violations of the security policy, errors in the console and exceptions of the page. */
  complaints: string[];
}

/** Opens an address and collects everything that the browser complains about. */
export async function openPage(
  browser: Browser,
  url: string,
  options: {
    viewport?: { width: number; height: number };
    telegram?: FakeTelegramOptions;
    colorScheme?: 'light' | 'dark';
    locale?: string;
  } = {},
): Promise<AppPage> {
  const { viewport = PHONE, colorScheme = 'light', locale = 'en', telegram } = options;
  const context = await browser.newContext({ viewport, colorScheme, locale, ignoreHTTPSErrors: true });
  const complaints: string[] = [];
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`policy: ${violatedDirective} ${blockedURI}`),
    ),
  );
  if (telegram) await context.addInitScript(installFakeTelegram, telegram);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, context, complaints };
}

/** A launch as Telegram makes it, signed for this person. */
export const launchOf = (
  person: { id: number; name: string; language?: string },
  options: Partial<FakeTelegramOptions> & { authDate?: number } = {},
): FakeTelegramOptions => {
  const { authDate, ...telegram } = options;
  const user = { id: person.id, first_name: person.name, ...(person.language !== undefined && { language_code: person.language }) };
  const fields = { user: JSON.stringify(user), ...(telegram.startParam !== undefined && { start_param: telegram.startParam }) };
  return { theme: THEMES.light, initData: signInitData(fields, authDate === undefined ? {} : { authDate }), ...telegram };
};

interface PageWithTelegram extends Window {
  fakeTelegram?: FakeTelegram;
}

/** What the app asked of the client by this name, oldest first. */
export const callsOf = (page: Page, name: string): Promise<Record<string, unknown>[]> =>
  page.evaluate(
    (wanted) => ((window as PageWithTelegram).fakeTelegram?.log ?? []).filter((entry) => entry.name === wanted).map(({ params }) => params),
    name,
  );

export const emit = (page: Page, event: string, payload: Record<string, unknown> = {}): Promise<void> =>
  page.evaluate(([name, content]) => (window as PageWithTelegram).fakeTelegram?.emit(name, content), [event, payload] as const);

/** Presses Telegram's own bottom button once it shows this text and can be pressed. */
export async function pressMain(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const last = ((window as PageWithTelegram).fakeTelegram?.log ?? []).findLast(
        ({ name }) => name === 'web_app_setup_main_button',
      )?.params;
      return last?.['is_visible'] === true && last['is_active'] === true && last['text'] === wanted;
    },
    text,
    { timeout: NATIVE_BUTTON_MS },
  );
  await emit(page, 'main_button_pressed');
}

/** Saves a picture for people to look at; it is not compared with anything. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: picturePath(name), fullPage: true, animations: 'disabled' });
}

/** Where a picture of that name goes. */
export function picturePath(name: string): string {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return join(SCREENSHOTS, `${name}.png`);
}
