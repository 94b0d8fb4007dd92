import { app } from './en/app.ts';
import { failed } from './en/failed.ts';
import { servers } from './en/servers.ts';
import { signIn } from './en/sign-in.ts';
import { language } from './language.ts';
import type { Forms } from './section.ts';

/** The words that every screen needs. Those of one screen are a part of their own, imported by that screen: `en/<part>.ts`. */
export const words = { app, failed, servers, signIn };

/** "5 servers", in the form that the language has for the number. */
export function plural(forms: Forms, count: number): string {
  const form = forms[new Intl.PluralRules(language()).select(count) as keyof Forms] ?? forms.other;
  return form.replace('#', number(count));
}

/** Puts values into a sentence: `fill('as of {time}', { time })`. */
export const fill = (sentence: string, values: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export const number = (value: number, options?: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat(language(), options).format(value);

/** "24 Nov, 20:15", in the time zone of the device. */
export const dateTime = (
  time: string | number,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' },
): string => new Intl.DateTimeFormat(language(), options).format(new Date(time));

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** "5 minutes ago". */
export function ago(time: string | number): string {
  // A clock that runs ahead must not say "in 2 seconds" of the past.
  const seconds = Math.min(0, Math.round((new Date(time).getTime() - Date.now()) / 1000));
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}
