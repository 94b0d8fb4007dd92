import { THEMES } from './fake-telegram.ts';
import { DESKTOP, PHONE } from './telegram-page.ts';

/** Every way in which a screen is looked at. */
const LOOKS = [
  { name: 'phone-light-en', viewport: PHONE, theme: THEMES.light, language: 'en' },
  { name: 'phone-dark-ru', viewport: PHONE, theme: THEMES.dark, language: 'ru' },
  { name: 'desktop-dark-en', viewport: DESKTOP, theme: THEMES.dark, language: 'en' },
  { name: 'desktop-light-ru', viewport: DESKTOP, theme: THEMES.light, language: 'ru' },
] as const;

const long = process.env['CLAWMOOR_LONG'] === '1';

/**
 * The ways in which a file looks at its screens: all of them in the long run (`npm run screenshots`), on every change the one named. The files
 * name different ones, and the page of the kit is looked at in every theme each time.
 */
export const looks = (name: (typeof LOOKS)[number]['name']): readonly (typeof LOOKS)[number][] =>
  long ? LOOKS : LOOKS.filter((look) => look.name === name);

/** Themes that are hard to read. On every change every other screen is looked at in each of them, in the long run every screen in both. */
export const HARD_THEMES = [
  ['tinted', THEMES.tinted],
  ['faint', THEMES.faint],
] as const;
export const shareOf = <Screen>(theme: (typeof HARD_THEMES)[number][0], screens: readonly Screen[]): readonly Screen[] =>
  long ? screens : screens.filter((_screen, at) => at % 2 === (theme === 'tinted' ? 0 : 1));

/** How wide the page gets from right to left, and with text twice as large. */
export const widestOf = (): number => {
  const { documentElement: root, body } = document;
  root.dir = 'rtl';
  const turned = root.scrollWidth;
  root.dir = 'ltr';
  root.style.fontSize = '200%';
  body.style.fontSize = '2rem';
  const large = root.scrollWidth;
  root.style.fontSize = '';
  body.style.fontSize = '';
  return Math.max(turned, large);
};
