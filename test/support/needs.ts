import { appendFileSync } from 'node:fs';
import { describe } from 'vitest';

/** `describe`, or a loud skip: the runner prints the reason and counts every test inside. */
export function describeIf(ok: boolean, reason: string): typeof describe | typeof describe.skip {
  if (ok) return describe;
  const skip = (name: string, body: () => void): void => {
    const file = process.env['CLAWMOOR_SKIPS'];
    if (file) appendFileSync(file, `${JSON.stringify({ name, reason })}\n`);
    describe.skip(name, body);
  };
  return skip as typeof describe.skip; // only ever called with a name and a body here
}
