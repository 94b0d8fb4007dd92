import { expect, it } from 'vitest';
import { rowsOf, SITUATIONS, testsBySituation, withoutFault } from '../faults.ts';

it('every situation that must be survived has a test that causes it', () => {
  expect(Object.keys(SITUATIONS)).toHaveLength(28);
  expect(withoutFault(testsBySituation())).toEqual([]);
});

it('the table counts how often a fault was caused, and what was lost', () => {
  const outcomes = [
    { fullName: 'A task goes on: 8 times kill -9 (R1)', status: 'passed' },
    { fullName: 'News comes (R1 S7)', status: 'failed' },
    { fullName: 'R10: a flood', status: 'skipped' },
  ];
  expect(rowsOf(outcomes, ['R1', 'R10'])).toEqual([
    { id: 'R1', runs: 9, losses: 1, skipped: 0 },
    { id: 'R10', runs: 0, losses: 0, skipped: 1 },
  ]);
});
