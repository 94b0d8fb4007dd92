import { expect, it } from 'vitest';
import { testsByItem, withoutTest } from '../mini-app.ts';

it("every automatic item of the Mini App's checklist and every convention has a test: npm run checklist", () => {
  expect(withoutTest(testsByItem())).toEqual([]);
});
