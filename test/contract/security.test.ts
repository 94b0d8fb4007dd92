import { expect, it } from 'vitest';
import { testsByRequirement, withoutTest } from '../security.ts';

it('every requirement of security that must have a test has one: npm run security', () => {
  expect(withoutTest(testsByRequirement())).toEqual([]);
});
