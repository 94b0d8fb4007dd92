import type { Clock } from '../../lib/clock.ts';
import { testedTooOften } from './servers.problems.ts';

const MOST = 30;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/**
 * Counts the tests of an address, whoever makes them: many people together do not turn this installation into a tool
 * against one machine. Throws `request.too_many` above 30 in a minute.
 */
export function testLimit(clock: Clock): (address: string) => void {
  const windows = new Map<string, { since: number; count: number }>();
  return (address) => {
    const now = clock.monotonic();
    if (windows.size >= MOST_ADDRESSES) forgetOld(windows, now);
    const current = windows.get(address);
    if (!current || now - current.since >= WINDOW_MS) return void windows.set(address, { since: now, count: 1 });
    if (current.count >= MOST) throw testedTooOften(Math.ceil((current.since + WINDOW_MS - now) / 1000));
    current.count++;
  };
}

function forgetOld(windows: Map<string, { since: number }>, now: number): void {
  for (const [address, { since }] of windows) if (now - since >= WINDOW_MS) windows.delete(address);
}
