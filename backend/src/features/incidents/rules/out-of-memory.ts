import { grownWithin, type Rule } from '../rule.ts';

/** It is over when nothing more was ended for this long. */
const WITHIN_MS = 15 * 60_000;

/** The kernel has ended processes for want of memory since the last look. */
export const outOfMemory: Rule = {
  kind: 'out_of_memory',
  tells: 'admin',
  confirm: () => 1,
  clear: 1,
  find({ look: { host }, history }) {
    if (!host) return undefined;
    const count = grownWithin(history, 'oomKills', WITHIN_MS);
    if (count === 0) return [];
    const ofGateway = host.service?.result === 'oom-kill';
    return [{ about: '', severity: ofGateway ? 'critical' : 'warning', facts: { count, gateway: ofGateway ? 'yes' : 'no' } }];
  },
};
