import { language } from './language.ts';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** "in 5 minutes", "5 minutes ago": of a time on either side of now. */
export function when(time: string | number, now = Date.now()): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  return new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** "90 min", "1.5 h": how long something takes, or how often it comes. */
export function span(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length * 1000 && Number.isInteger(ms / length / 100)) ?? (['second', 1] as const);
  const value = ms / size / 1000;
  return new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(value);
}

/** "$4.20"; a cost below a cent keeps the digits that say something. */
export const dollars = (value: number): string =>
  new Intl.NumberFormat(language(), {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    ...(value !== 0 && Math.abs(value) < 0.01 && { maximumSignificantDigits: 2 }),
  }).format(value);

/** "12K": for counts whose last digits nobody reads. */
export const short = (value: number): string =>
  new Intl.NumberFormat(language(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);
