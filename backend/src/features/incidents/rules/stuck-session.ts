import type { Finding, Rule } from '../rule.ts';

/** A conversation whose turn is under way, and of which nothing was heard for long. */
export const stuckSession: Rule = {
  kind: 'stuck_session',
  tells: 'admin',
  confirm: () => 2,
  clear: 1,
  find({ look: { gateway }, rules }) {
    if (!gateway?.running) return undefined;
    return gateway.running
      .filter(({ silentMinutes }) => silentMinutes >= rules.stuck_session.minutes)
      .map(({ key, title, silentMinutes }): Finding => ({
        about: key,
        severity: 'warning',
        facts: { session: title, minutes: silentMinutes },
      }));
  },
};
