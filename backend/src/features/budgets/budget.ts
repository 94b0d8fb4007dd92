import * as z from 'zod/mini';
import type { Budget } from '@clawmoor/shared/budgets.ts';
import { iso } from '../../lib/clock.ts';
import { Held } from '../../lib/gateway-hold.ts';
import type { BudgetRow } from './budgets.store.ts';

const THRESHOLDS = [100, 95, 80, 50] as const;
const ProblemText = z.object({ code: z.string(), message: z.string() });

/** The first UTC day of the period that `at` is in. */
export const periodStart = (period: 'day' | 'month', at: number): string => {
  const day = new Date(at).toISOString().slice(0, 10);
  return period === 'day' ? day : `${day.slice(0, 7)}-01`;
};

export const reachedBy = (spentUsd: number, limitUsd: number): Budget['reached'] =>
  THRESHOLDS.find((threshold) => spentUsd * 100 >= limitUsd * threshold) ?? 0;

export const heldOf = ({ held }: BudgetRow): Held[] => z.array(Held).parse(JSON.parse(held));

/** Of two changes of the same value the later one counts: what it was then is what a person had set last. */
export const merged = (earlier: readonly Held[], later: readonly Held[]): Held[] => {
  const name = ({ path }: Held): string => JSON.stringify(path);
  const newer = new Set(later.map(name));
  return [...earlier.filter((one) => !newer.has(name(one))), ...later];
};

export function budgetOf(row: BudgetRow): Budget {
  return {
    id: row.id,
    agentId: row.agent_id,
    period: row.period,
    limitUsd: row.limit_usd,
    policy: row.policy,
    cheaperModel: row.cheaper_model,
    since: row.since,
    spentUsd: row.spent_usd,
    reached: THRESHOLDS.find((threshold) => threshold === row.reached) ?? 0,
    checkedAt: row.checked_at === null ? null : iso(row.checked_at),
    problem: row.problem === null ? null : ProblemText.parse(JSON.parse(row.problem)),
    done: heldOf(row).map(inWords),
    overridden: row.overridden === 1,
    createdBy: row.created_by,
  };
}

function inWords({ path: [area = '', name = '', ...rest], set, before }: Held): string {
  if (area === 'cron') return 'Schedules and heartbeats are stopped';
  if (area === 'channels') return `The channel ${name} is stopped`;
  const whose = name === 'defaults' ? 'The model of all agents' : `The model of ${rest[0]}`;
  return `${whose} is ${String(set)}${typeof before === 'string' ? ` instead of ${before}` : ''}`;
}
