import { number } from './words.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** "1.2 MB", of a thousand each. */
export function size(bytes: number): string {
  const step = Math.max(0, Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** step;
  return number(value, { style: 'unit', unit: UNITS[step] ?? 'byte', maximumFractionDigits: value < 10 ? 1 : 0 });
}
