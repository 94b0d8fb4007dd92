import type { Role } from '@clawmoor/shared/route.ts';
import type { Logger } from 'pino';
import type { Audit } from '../features/audit/audit.ts';
import { createApprovals, type Answered } from '../features/approvals/approvals.ts';
import { createWatcher } from '../features/approvals/watcher.ts';
import { startBudgetClock } from '../features/budgets/budget-clock.ts';
import { createBudgets } from '../features/budgets/budgets.ts';
import { createCronJobs } from '../features/cron/cron.ts';
import { createKillSwitch } from '../features/kill-switch/kill-switch.ts';
import { createLogs } from '../features/logs/logs.ts';
import { createModels } from '../features/models/models.ts';
import { dayOf, readUsage } from '../features/usage/usage.ts';
import type { Clock } from '../lib/clock.ts';
import type { Gateways } from '../lib/gateway.ts';
import type { HostPool } from '../lib/host.ts';
import type { MakeId } from '../lib/id.ts';
import type { Database } from '../lib/tables.ts';

export interface DailyParts {
  db: Database;
  gateways: Gateways;
  hosts: HostPool;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  audit: Audit;
  /** 0: budgets are only checked when somebody asks for it. */
  checkBudgetsEveryMs: number;
  /** What waits for an answer on a server has changed; and who has answered here. */
  onApprovals: (serverId: string) => void;
  onApprovalAnswered: (answer: Answered) => Promise<void>;
}

/** What people do with a gateway from day to day, and what goes on by itself for that. */
export function createDaily({ db, gateways, hosts, clock, makeId, log, roleOf, audit, ...more }: DailyParts) {
  const watcher = createWatcher({ gateways, onChanged: more.onApprovals });
  const approvals = createApprovals({ gateways, db, clock, watcher, onAnswered: more.onApprovalAnswered });
  const budgets = createBudgets({
    db,
    gateways,
    clock,
    makeId,
    roleOf,
    record: audit.record,
    spentSince: async ({ serverId, from, agentId, signal }) => {
      const question = { serverId, from, to: dayOf(clock.now()), agentId, as: 'control', signal } as const;
      return (await readUsage(gateways, question)).total.costUsd;
    },
  });
  let budgetClock: ReturnType<typeof startBudgetClock> | undefined;
  return {
    approvals,
    budgets,
    cronJobs: createCronJobs({ gateways, clock }),
    killSwitch: createKillSwitch({ db, gateways, hosts, clock }),
    logs: createLogs({ gateways, hosts }),
    models: createModels({ gateways }),
    daily: {
      async begin(): Promise<void> {
        await approvals.begin();
        budgetClock = startBudgetClock({ budgets, everyMs: more.checkBudgetsEveryMs, log });
      },
      onGone: (serverId: string): void => watcher.set(serverId, false),
      async [Symbol.asyncDispose](): Promise<void> {
        await budgetClock?.stop();
        await watcher[Symbol.asyncDispose]();
      },
    },
  };
}
