import { grownWithin, type Rule } from '../rule.ts';

const WITHIN_MS = 10 * 60_000;

/** The gateway is started again and again. */
export const crashLoop: Rule = {
  kind: 'crash_loop',
  tells: 'admin',
  confirm: () => 1,
  clear: 2,
  find({ look: { host }, rules, history }) {
    if (!host) return undefined;
    const restarts = grownWithin(history, 'restarts', WITHIN_MS);
    const givenUp = host.service?.result === 'start-limit-hit';
    if (restarts < rules.crash_loop.restarts && !givenUp) return [];
    return [{ about: '', severity: 'critical', stage: givenUp ? 'given_up' : '', facts: { restarts, minutes: WITHIN_MS / 60_000 } }];
  },
};
