import type { Budget, BudgetChange, NewBudget } from '@clawmoor/shared/budgets.ts';
import { release } from '../../lib/gateway-hold.ts';
import type { MakeId } from '../../lib/id.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import { budgetOf, heldOf, periodStart } from './budget.ts';
import { createCheck, type CheckParts } from './check.ts';
import { needsModel, needsServer, noBudget, tooManyBudgets } from './budgets.problems.ts';
import { budgetsStore, type BudgetRow } from './budgets.store.ts';

const MOST_PER_SERVER = 20;

export interface BudgetsParts extends Omit<CheckParts, 'store'> {
  makeId: MakeId;
}

export type Budgets = ReturnType<typeof createBudgets>;

/** Limits in US dollars, and what was done when they were reached. Each server's budgets are looked at one at a time. */
export function createBudgets(parts: BudgetsParts) {
  const { db, clock, makeId, gateways } = parts;
  const store = budgetsStore(db);
  const check = createCheck({ ...parts, store });
  const inTurn = createTurns();

  const list = async (serverId: string): Promise<Budget[]> => (await store.ofServer(serverId)).map(budgetOf);

  async function read(serverId: string, id: string): Promise<BudgetRow> {
    const row = await store.get(serverId, id);
    if (!row) throw noBudget();
    return row;
  }

  async function takeBack(row: BudgetRow, signal: AbortSignal): Promise<void> {
    const held = heldOf(row);
    if (held.length > 0) await release({ gateways, serverId: row.server_id, signal }, held);
  }

  return {
    list,
    read: async (serverId: string, id: string): Promise<Budget> => budgetOf(await read(serverId, id)),
    async add(serverId: string, body: NewBudget, by: string): Promise<Budget> {
      const { agentId = null } = body;
      const fields = columnsOf(body, agentId);
      if ((await store.ofServer(serverId)).length >= MOST_PER_SERVER) throw tooManyBudgets(MOST_PER_SERVER);
      const id = makeId('bgt');
      const at = clock.now();
      const now = { created_by: by, created_at: at, since: periodStart(body.period, at) };
      await store.insert({ id, server_id: serverId, agent_id: agentId, ...fields, ...now, ...UNCHECKED });
      return budgetOf(await read(serverId, id));
    },
    /** The change counts as set by whoever makes it. What was done is taken back; the next check does what is due by the new numbers. */
    change: (serverId: string, id: string, body: BudgetChange, { by, signal }: { by: string; signal: AbortSignal }): Promise<Budget> =>
      inTurn(serverId, async () => {
        const row = await read(serverId, id);
        const fields = columnsOf(body, row.agent_id);
        await takeBack(row, signal);
        await store.update(id, { ...fields, created_by: by, since: periodStart(body.period, clock.now()), ...UNCHECKED });
        return budgetOf(await read(serverId, id));
      }),
    remove: (serverId: string, id: string, signal: AbortSignal): Promise<void> =>
      inTurn(serverId, async () => {
        await takeBack(await read(serverId, id), signal);
        await store.remove(id);
      }),
    undo: (serverId: string, id: string, signal: AbortSignal): Promise<Budget> =>
      inTurn(serverId, async () => {
        const row = await read(serverId, id);
        await takeBack(row, signal);
        await store.update(id, { held: '[]', overridden: 1 });
        return budgetOf(await read(serverId, id));
      }),
    /** Reads what was spent, and acts. What fails is kept with the budget, not thrown. */
    check: (serverId: string, signal: AbortSignal): Promise<Budget[]> =>
      inTurn(serverId, async () => {
        await check(serverId, signal);
        return list(serverId);
      }),
    servers: store.servers,
  };
}

const UNCHECKED = { spent_usd: null, reached: 0, checked_at: null, problem: null, held: '[]', overridden: 0 } as const;

function columnsOf({ period, limitUsd, policy, cheaperModel = null }: BudgetChange, agentId: string | null) {
  if (policy === 'cheaper_model' && cheaperModel === null) throw needsModel();
  if (agentId !== null && (policy === 'stop_schedules' || policy === 'stop_channels')) throw needsServer();
  return { period, limit_usd: limitUsd, policy, cheaper_model: policy === 'cheaper_model' ? cheaperModel : null };
}
