import { language } from './language.ts';

/** A failure in the person's language: what happened, and what to do. */
export interface Sentence {
  message: string;
  fix?: string | undefined;
}

let russian: Partial<Record<string, Sentence>> | undefined;

/** The sentences are many and seldom needed: they come after the first screen stands. */
export async function loadProblems(): Promise<void> {
  if (language() !== 'ru' || russian) return;
  const [{ problems }, { findings }] = await Promise.all([import('./ru-problems.ts'), import('./ru-findings.ts')]);
  russian = { ...problems, ...findings };
}

/** The person's language where the code is known in it, else the server's English, which often says more. */
export function sentenceOf({ code, message, fix }: Sentence & { code: string }): Sentence & { original?: string } {
  const known = language() === 'ru' ? russian?.[code] : undefined;
  return known ? { ...known, original: fix === undefined ? message : `${message}. ${fix}` } : { message, fix };
}
