import { backupPlans } from '../features/openclaw-backups/backup.plans.ts';
import { watchPlan, type WatchParts } from '../features/openclaw-config/watch.plan.ts';
import { restartPlan } from '../features/openclaw/restart.plan.ts';
import { checkHealth } from '../features/setup/health.ts';
import { createSetupPlans, type PlanParts } from '../features/setup/plans.ts';
import type { Clock } from '../lib/clock.ts';
import type { Database } from '../lib/tables.ts';
import type { AnyPlan } from '../tasks/plan.ts';
import { createOllamaPlans } from './ollama.ts';
import { openclawUpdatePlan } from './openclaw-update.ts';

export interface PlansParts extends PlanParts {
  db: Database;
  clock: Clock;
  gatewayBackWithinMs?: number | undefined;
  updateLimits?: Parameters<typeof openclawUpdatePlan>[1] | undefined;
  /** Of parts that are joined to the tasks later. */
  more?: readonly AnyPlan[];
}

/** Every kind of task there is, by its type. */
export function createPlans({
  db,
  clock,
  gateways,
  nodePackages,
  gatewayBackWithinMs,
  updateLimits,
  more = [],
}: PlansParts): Map<string, AnyPlan> {
  const isHealthy: WatchParts['isHealthy'] = async (where) => (await checkHealth({ ...where, gateways, wait: 0 })).ok;
  const plans = [
    ...createSetupPlans({ gateways, nodePackages }),
    ...createOllamaPlans({ nodePackages }),
    ...more,
    restartPlan({ gateways }),
    ...backupPlans(),
    openclawUpdatePlan({ gateways, nodePackages, clock }, updateLimits),
    watchPlan({ db, gateways, isHealthy, backWithinMs: gatewayBackWithinMs }),
  ];
  return new Map(plans.map((plan) => [plan.type, plan]));
}
