import type { Rule } from '../rule.ts';

// They say something else than "it cannot be reached": a rule of its own, or nothing.
const OTHERS = new Set(['ssh.host_key_changed', 'ssh.host_key_unconfirmed', 'monitoring.bad_look']);

/** The server does not answer, or does not let us in. */
export const unreachable: Rule = {
  kind: 'unreachable',
  tells: 'viewer',
  confirm: (rules) => rules.unreachable.looks,
  clear: 1,
  find({ look: { problem } }) {
    if (!problem) return [];
    if (OTHERS.has(problem.code)) return undefined;
    return [{ about: '', severity: 'critical', facts: { reason: problem.code } }];
  },
};
