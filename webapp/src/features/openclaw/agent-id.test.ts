import { expect, it } from 'vitest';
import { freeId, isAgentId } from './agent-id.ts';

it('proposes an id that is free and that OpenClaw takes, for an agent whose own is taken', () => {
  expect(freeId('harbour', [])).toBe('harbour-copy');
  expect(freeId('harbour', ['harbour', 'harbour-copy', 'harbour-copy-2'])).toBe('harbour-copy-3');
  const long = freeId('a'.repeat(63), [`${'a'.repeat(58)}-copy`]);
  expect([long.length, isAgentId(long)]).toEqual([63, true]);
});
