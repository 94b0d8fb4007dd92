import type { Finding, Rule } from '../rule.ts';

/** A scheduled job did not run when it should have, or fails time after time. */
export const cron: Rule = {
  kind: 'cron',
  tells: 'admin',
  confirm: () => 2,
  clear: 1,
  find({ look: { gateway }, rules, held }) {
    if (!gateway?.jobs || held.agents) return undefined;
    return gateway.jobs
      .filter(({ missed, failuresInARow }) => missed > 0 || failuresInARow >= rules.cron.failures)
      .map(({ id, name, missed, failuresInARow }): Finding => {
        const stage = failuresInARow >= rules.cron.failures ? 'failing' : 'missed';
        return { about: id, severity: 'warning', stage, facts: { job: name, missed, failures: failuresInARow, stage } };
      });
  },
};
