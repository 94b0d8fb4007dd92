import type { Rule } from '../rule.ts';

/** The server shows another host key than the one that was confirmed: reinstalled, or somebody is in between. */
export const hostKey: Rule = {
  kind: 'host_key',
  tells: 'admin',
  confirm: () => 1,
  clear: 1,
  find({ look: { problem } }) {
    if (!problem) return [];
    return problem.code === 'ssh.host_key_changed' ? [{ about: '', severity: 'critical', facts: {} }] : undefined;
  },
};
