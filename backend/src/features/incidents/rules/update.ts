import { satisfies } from 'semver';
import type { Hole } from '../../../lib/node-packages.ts';
import type { Finding, Newest, Rule, Seen } from '../rule.ts';

/** There is a newer OpenClaw. */
export const update: Rule = {
  kind: 'update',
  tells: 'admin',
  confirm: () => 1,
  clear: 1,
  find(seen) {
    const installed = seen.look.gateway?.version;
    if (!installed || !seen.newest) return undefined;
    // The other rule says so; what this one has said already stands until the newer version is there.
    if (holeIn(installed, seen.newest)) return undefined;
    const { version: newest } = seen.newest;
    if (!isBefore(installed, newest)) return [];
    return [{ about: '', severity: 'info', stage: newest, facts: { version: installed, newest } }];
  },
};

/** The OpenClaw on the server has a known hole that the newest one does not have. */
export const securityUpdate: Rule = {
  kind: 'security_update',
  tells: 'admin',
  confirm: () => 1,
  clear: 1,
  find({ look: { gateway }, newest }: Seen): Finding[] | undefined {
    if (!gateway?.version || !newest?.holes) return undefined;
    const hole = holeIn(gateway.version, newest);
    if (!hole) return [];
    const severity = hole.severity === 'critical' || hole.severity === 'high' ? 'critical' : 'warning';
    return [{ about: '', severity, stage: newest.version, facts: { version: gateway.version, newest: newest.version, hole: hole.title } }];
  },
};

const WORST_FIRST = ['critical', 'high', 'moderate', 'low', 'info'];

/** The worst one that the newest version mends. */
function holeIn(installed: string, { version, holes = [] }: Newest): Hole | undefined {
  const has = (one: string, { range }: Hole): boolean => satisfies(one, range, { includePrerelease: true });
  return holes
    .filter((hole) => isBefore(installed, version) && has(installed, hole) && !has(version, hole))
    .toSorted((one, other) => WORST_FIRST.indexOf(one.severity) - WORST_FIRST.indexOf(other.severity))[0];
}

/** `2026.9.5` before `2026.9.6`; what stands behind a dash (a preview) is left aside. */
export function isBefore(one: string, other: string): boolean {
  const numbers = (version: string): number[] => (version.split('-')[0] ?? '').split('.').map(Number);
  const [left, right] = [numbers(one), numbers(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
