import { THEMES } from './fake-telegram.ts';
import { DESKTOP, PHONE } from './telegram-page.ts';

/** Every way in which a screen is looked at. */
export const LOOKS = [
  { name: 'phone-light-en', viewport: PHONE, theme: THEMES.light, language: 'en' },
  { name: 'phone-dark-ru', viewport: PHONE, theme: THEMES.dark, language: 'ru' },
  { name: 'desktop-dark-en', viewport: DESKTOP, theme: THEMES.dark, language: 'en' },
  { name: 'desktop-light-ru', viewport: DESKTOP, theme: THEMES.light, language: 'ru' },
] as const;
