import type { Clock } from './clock.ts';
import { Problem } from './problem.ts';

/** Milliseconds since the epoch of a time in a body. Throws `request.invalid` unless it is still to come. */
export function futureMs(text: string, { clock, path }: { clock: Clock; path: string }): number {
  const ms = Date.parse(text);
  if (ms > clock.now()) return ms;
  throw new Problem('request.invalid', `The request is not valid: ${path}: must be in the future`, {
    issues: [{ path, message: 'must be in the future' }],
  });
}
