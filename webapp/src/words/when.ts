import { dateTime } from './words.ts';

/** "25 Nov, 23:52"; with the year where it is not this one. */
export function when(time: string | number): string {
  const sameYear = new Date(time).getFullYear() === new Date().getFullYear();
  return dateTime(time, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(!sameYear && { year: 'numeric' }),
  });
}
