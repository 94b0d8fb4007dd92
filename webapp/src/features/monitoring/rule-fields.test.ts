import { describe, expect, it } from 'vitest';
import { ChangedRules, WatchedRules, type WatchedKind } from '@clawmoor/shared/monitoring.ts';
import { FIELDS, fieldsOf, isCrossed, numbersOf } from './rule-fields.ts';

const kinds = Object.keys(FIELDS) as WatchedKind[];

describe('The numbers that a person may set for an incident', () => {
  it('are all that the API knows, for every kind', () => {
    expect(kinds.toSorted()).toEqual(Object.keys(WatchedRules.shape).toSorted());
    for (const kind of kinds)
      expect([kind, ...fieldsOf(kind).map(([name]) => name), 'enabled'].toSorted()).toEqual(
        [kind, ...Object.keys(WatchedRules.shape[kind].shape)].toSorted(),
      );
  });

  it('have the bounds of the API', () => {
    for (const kind of kinds)
      for (const [name, { least, most }] of fieldsOf(kind)) {
        const fits = (value: number): boolean => ChangedRules.safeParse({ [kind]: { [name]: value } }).success;
        expect(`${kind}.${name} ${[least - 1, least, most, most + 1].map(fits).join(' ')}`).toBe(`${kind}.${name} false true true false`);
      }
  });

  it('are not sent while one of them makes no sense', () => {
    expect(numbersOf('disk', { warning: '85', critical: '95' })).toEqual({ warning: 85, critical: 95 });
    for (const typed of ['', ' ', '0', '101', '8.5', 'many']) expect(numbersOf('disk', { warning: typed, critical: '95' })).toBeUndefined();
  });

  it('warn before it is critical: at a smaller share of a disk, and with more hours left of a key', () => {
    expect([isCrossed({ warning: 85, critical: 95 }), isCrossed({ warning: 95, critical: 95 })]).toEqual([false, true]);
    expect([isCrossed({ warningHours: 72, criticalHours: 24 }), isCrossed({ warningHours: 24, criticalHours: 24 })]).toEqual([false, true]);
    expect(isCrossed({ looks: 3 })).toBe(false);
  });
});
