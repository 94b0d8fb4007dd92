import type { Severity } from '@clawmoor/shared/notice.ts';
import type { Finding, Rule } from '../rule.ts';

/** Spending has reached a part of a budget. It is over when a new day or month begins. */
export const budget: Rule = {
  kind: 'budget',
  tells: 'admin',
  confirm: () => 1,
  clear: 1,
  find: ({ budgets }) =>
    budgets
      .filter(({ reached }) => reached > 0)
      .map(({ id, agentId, reached, spentUsd, limitUsd }): Finding => {
        const facts = { percent: reached, spentUsd: spentUsd ?? 0, limitUsd, ...(agentId !== null && { agent: agentId }) };
        return { about: id, severity: severityOf(reached), stage: String(reached), facts };
      }),
};

const severityOf = (reached: number): Severity => (reached >= 100 ? 'critical' : reached >= 80 ? 'warning' : 'info');
