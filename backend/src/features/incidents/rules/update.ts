import type { Finding, Rule, Seen } from '../rule.ts';

/** There is a newer OpenClaw. */
export const update: Rule = {
  kind: 'update',
  tells: 'admin',
  confirm: () => 1,
  clear: 1,
  find: (seen) => (isUnsafe(seen) ? [] : newer(seen, 'info')),
};

/** The OpenClaw on the server has a known hole that a newer one does not have. */
export const securityUpdate: Rule = {
  kind: 'security_update',
  tells: 'admin',
  confirm: () => 1,
  clear: 1,
  find: (seen) => (isUnsafe(seen) === false ? [] : newer(seen, 'critical')),
};

function isUnsafe({ look: { gateway }, newest }: Seen): boolean | undefined {
  if (!gateway?.version || !newest) return undefined;
  return newest.safeFrom !== undefined && isBefore(gateway.version, newest.safeFrom);
}

function newer({ look: { gateway }, newest }: Seen, severity: Finding['severity']): Finding[] | undefined {
  if (!gateway?.version || !newest) return undefined;
  if (!isBefore(gateway.version, newest.version)) return [];
  return [{ about: '', severity, stage: newest.version, facts: { version: gateway.version, newest: newest.version } }];
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
