import { expect, it } from 'vitest';
import { shareOf, toneOf } from './share.ts';

it('says of a budget what is really gone, also between two checks and beyond its limit', () => {
  expect(shareOf({ reached: 0, spentUsd: null, limitUsd: 10 })).toBe(0);
  expect(shareOf({ reached: 50, spentUsd: 6.2, limitUsd: 10 })).toBe(62);
  expect(shareOf({ reached: 80, spentUsd: 7, limitUsd: 10 })).toBe(80);
  expect(shareOf({ reached: 0, spentUsd: 12, limitUsd: 10 })).toBe(120);
  expect([0, 50, 95, 120].map(toneOf)).toEqual(['good', 'warn', 'bad', 'bad']);
});
