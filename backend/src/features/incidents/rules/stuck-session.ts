import type { Finding, Rule } from '../rule.ts';

/** A conversation whose turn is under way, and of which nothing was heard for long. */
export const stuckSession: Rule = {
  kind: 'stuck_session',
  tells: 'admin',
  confirm: () => 2,
  clear: 1,
  find({ look: { gateway }, rules }) {
    if (!gateway?.running) return undefined;
    const { minutes } = rules.stuck_session;
    return gateway.running
      .filter(({ stuck }) => stuck)
      .map(({ key, title }): Finding => ({
        about: key,
        severity: 'warning',
        facts: { session: title, minutes },
      }));
  },
};
