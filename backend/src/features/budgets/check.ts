import type { Role } from '@clawmoor/shared/route.ts';
import type { AuditEntry } from '../../lib/audit-entry.ts';
import type { Clock } from '../../lib/clock.ts';
import { channelsOff, hold, modelSetTo, release, schedulesOff, type Config, type Wanted } from '../../lib/gateway-hold.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { Database } from '../../lib/tables.ts';
import { budgetOf, heldOf, merged, periodStart, reachedBy } from './budget.ts';
import { creatorLostRights } from './budgets.problems.ts';
import type { BudgetRow, budgetsStore } from './budgets.store.ts';

export interface CheckParts {
  db: Database;
  store: ReturnType<typeof budgetsStore>;
  gateways: Gateways;
  clock: Clock;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  /** US dollars since a UTC day; of one agent, or of all. */
  spentSince: (question: { serverId: string; from: string; agentId: string | null; signal: AbortSignal }) => Promise<number>;
  record: (entry: AuditEntry) => Promise<void>;
}

/** Looks at every budget of a server: what was spent, which threshold that is, and at 100 % what its policy says. */
export function createCheck({ store, gateways, clock, roleOf, spentSince, record }: CheckParts) {
  const audit = (row: BudgetRow, action: string, { result = 'ok', ...what }: Partial<AuditEntry>): Promise<void> =>
    record({
      action,
      actorId: undefined,
      actorName: 'system',
      serverId: row.server_id,
      target: row.id,
      result,
      ip: undefined,
      requestId: undefined,
      ...what,
    });

  async function reload(row: BudgetRow): Promise<BudgetRow> {
    return (await store.get(row.server_id, row.id)) ?? row;
  }

  /** A new day or month: what the last one stopped goes on. */
  async function beginPeriod(row: BudgetRow, since: string, signal: AbortSignal): Promise<void> {
    const held = heldOf(row);
    if (held.length > 0) {
      await release({ gateways, serverId: row.server_id, signal }, held);
      await audit(row, 'budget.new_period', { before: { done: budgetOf(row).done }, after: { done: [] } });
    }
    await store.update(row.id, { since, spent_usd: null, reached: 0, problem: null, held: '[]', overridden: 0 });
  }

  async function act(row: BudgetRow, signal: AbortSignal): Promise<void> {
    const earlier = heldOf(row);
    const held = await hold(
      { gateways, serverId: row.server_id, signal },
      (config) => wantedBy(row, config),
      (now) => store.update(row.id, { held: JSON.stringify(merged(earlier, now)) }).then(() => {}),
    );
    if (held.length > 0)
      await audit(row, 'budget.act', { before: { done: budgetOf(row).done }, after: { done: budgetOf(await reload(row)).done } });
  }

  async function checkOne(row: BudgetRow, signal: AbortSignal): Promise<void> {
    const role = await roleOf(row.server_id, row.created_by);
    if (role !== 'admin' && role !== 'owner') throw creatorLostRights();
    const since = periodStart(row.period, clock.now());
    if (since !== row.since) await beginPeriod(row, since, signal);
    const before = await reload(row);
    const spent = await spentSince({ serverId: row.server_id, from: since, agentId: row.agent_id, signal });
    const reached = reachedBy(spent, row.limit_usd);
    // First remembered, then said and done: a crash in between says it twice rather than never acting.
    if (reached === 100 && row.policy !== 'warn' && before.overridden === 0) await act(before, signal);
    if (reached > before.reached) await audit(row, 'budget.threshold', { after: { reached, spentUsd: spent, limitUsd: row.limit_usd } });
    await store.update(row.id, { spent_usd: spent, reached: Math.max(reached, before.reached), checked_at: clock.now(), problem: null });
  }

  return async function check(serverId: string, signal: AbortSignal): Promise<void> {
    for (const row of await store.ofServer(serverId)) {
      try {
        await checkOne(row, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Problem)) throw error;
        const problem = JSON.stringify({ code: error.code, message: error.message });
        if (problem !== row.problem) await audit(row, 'budget.check', { result: error.code });
        await store.update(row.id, { problem, checked_at: clock.now() });
      }
    }
  };
}

function wantedBy({ policy, cheaper_model, agent_id }: BudgetRow, config: Config): Wanted[] {
  if (policy === 'stop_schedules') return schedulesOff();
  if (policy === 'stop_channels') return channelsOff(config);
  return policy === 'cheaper_model' && cheaper_model !== null ? modelSetTo(config, cheaper_model, agent_id) : [];
}
