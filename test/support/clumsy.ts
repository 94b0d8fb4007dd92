import type { Page } from 'playwright-core';

/** To a screen without a new launch, as a tap does it. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({ from: '/' }, '', to);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, path);
}

/** What eyes would see at once: a sideways scroll, a control too small for a thumb, English left in a Russian screen's furniture. */
export const clumsy = (page: Page, language: string): Promise<string[]> =>
  page.evaluate((spoken) => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth)
      found.push(`wider than the window by ${document.documentElement.scrollWidth - innerWidth} px`);
    for (const control of document.querySelectorAll<HTMLElement>(
      'button, a, summary, select, input:not([type=radio], [role=switch]), .choice',
    )) {
      const { width, height } = control.getBoundingClientRect();
      if (width > 1 && height > 0 && height < 43.5 && !control.classList.contains('visually-hidden'))
        found.push(`only ${height} px high: ${control.outerHTML.slice(0, 90)}`);
    }
    /** Without what people and gateways have named. */
    const wordsOf = (element: HTMLElement): string => {
      const copy = element.cloneNode(true) as HTMLElement;
      for (const name of copy.querySelectorAll('bdi')) name.remove();
      return copy.textContent ?? '';
    };
    for (const text of document.querySelectorAll<HTMLElement>('h1, h2, button, summary, .state, .tag, label'))
      if (/\b[a-z]+\.[a-z_]+\b|undefined|\[object|\{\w+\}/.test(wordsOf(text)) && !/@|\.org|\.com/.test(wordsOf(text)))
        found.push(`raw: ${text.textContent}`);
    if (spoken === 'ru')
      for (const text of document.querySelectorAll<HTMLElement>('h2, button, summary, .state'))
        // A name that a person gave (`bdi`) is in whatever language they like.
        if (
          !text.querySelector('bdi') &&
          !/[а-яё]/i.test(text.textContent ?? '') &&
          /[a-z]{3}/i.test(text.textContent ?? '') &&
          !/^(OpenClaw|Node\.js|ms)$/.test(text.textContent?.trim() ?? '')
        )
          found.push(`not translated: ${text.textContent}`);
    return found;
  }, language);
