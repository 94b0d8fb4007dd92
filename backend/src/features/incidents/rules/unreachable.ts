import type { Rule } from '../rule.ts';

// It answers, and something else is wrong with it.
const OTHERS = new Set(['ssh.host_key_changed', 'ssh.host_key_unconfirmed', 'monitoring.bad_look']);

/** The server does not answer, or does not let us in. */
export const unreachable: Rule = {
  kind: 'unreachable',
  tells: 'viewer',
  confirm: (rules) => rules.unreachable.looks,
  clear: 1,
  find({ look: { problem } }) {
    if (!problem || OTHERS.has(problem.code)) return [];
    return [{ about: '', severity: 'critical', facts: { reason: problem.code } }];
  },
};
