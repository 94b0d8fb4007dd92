import { cloudItem, saveToCloud } from '../telegram/cloud-storage.ts';
import { translate, translateMore } from './section.ts';

export type Language = 'en' | 'ru';

/** Every language, in its own words. */
export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'ru', name: 'Русский' },
];

const KEPT = 'language';
const listeners = new Set<() => void>();
let version = 0;

const isLanguage = (code: unknown): code is Language => LANGUAGES.some((known) => known.code === code);

// early.js has chosen already, before the first paint: by what the person chose, by the signed language of their Telegram,
// or by the browser's.
let current: Language = isLanguage(document.documentElement.lang) ? document.documentElement.lang : 'en';

export const language = (): Language => current;
/** `true` while nobody has chosen by hand. */
export const languageIsChosen = (): boolean => isLanguage(localStorage.getItem(KEPT));

/** Changes whenever words do: a root that subscribes to it draws everything anew. */
export const wordsVersion = (): number => version;
export function subscribeToWords(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Loads the words of the language that early.js chose; English needs nothing. */
export async function loadWords(): Promise<void> {
  if (current === 'en') return;
  await speak(current, false).catch(() => {
    // Without the file the app speaks English rather than not at all.
    current = 'en';
    document.documentElement.lang = 'en';
  });
}

/** The words of the screens that come later: fetched with the first of them, so that they do not hold up the first paint. */
export async function loadLaterWords(): Promise<void> {
  if (current !== 'ru') return;
  const more = await russianLater();
  if (language() === 'ru') translateMore(more);
}

/** Three files: each stays light, and they come side by side. */
async function russianLater() {
  const [{ ruLater }, { ruPeople }, { ruWatching }] = await Promise.all([
    import('./ru-later.ts'),
    import('./ru-people.ts'),
    import('./ru-watching.ts'),
  ]);
  return { ...ruLater, ...ruPeople, ...ruWatching };
}

async function speak(code: Language, whole = true): Promise<void> {
  const [first, later] = code === 'ru' ? await Promise.all([import('./ru.ts'), whole ? russianLater() : undefined]) : [];
  translate(first && { ...first.ru, ...later });
  current = code;
  document.documentElement.lang = code;
  document.documentElement.dir = direction(code);
  version += 1;
  for (const listener of listeners) listener();
}

/** Neither of today's languages runs from right to left; the layout is ready for one that does. */
const direction = (code: Language): 'ltr' | 'rtl' => (/^(ar|fa|he|ur)$/.test(code) ? 'rtl' : 'ltr');

/** The person's own choice: it wins over Telegram's, here and on their other devices. */
export async function chooseLanguage(code: Language): Promise<void> {
  await speak(code);
  localStorage.setItem(KEPT, code);
  saveToCloud(KEPT, code);
}

/** What was chosen on another device, where nothing was chosen on this one. */
export async function followChosenLanguage(): Promise<void> {
  if (languageIsChosen()) return;
  const chosen = await cloudItem(KEPT);
  if (isLanguage(chosen) && chosen !== current) await speak(chosen);
}
