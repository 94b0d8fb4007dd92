import { expect, it } from 'vitest';
import { duration } from './duration.ts';

const took = (seconds: number): string =>
  duration('2026-11-25T00:00:00.000Z', new Date(Date.UTC(2026, 10, 25) + seconds * 1000).toISOString(), 0);

it('says how long a step took, with the hours where there are some (U4)', () => {
  expect([0, 5, 65, 3_599, 3_600, 7_205, 90_061].map(took)).toEqual(['0:00', '0:05', '1:05', '59:59', '1:00:00', '2:00:05', '25:01:01']);
});

it('counts on while it runs, and never below nothing', () => {
  expect(duration('2026-11-25T00:00:00.000Z', null, Date.UTC(2026, 10, 25, 0, 2))).toBe('2:00');
  expect(duration('2026-11-25T00:00:10.000Z', null, Date.UTC(2026, 10, 25))).toBe('0:00');
});
