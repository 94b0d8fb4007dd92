import { backupPlans } from '../features/openclaw-backups/backup.plans.ts';
import { watchPlan, type WatchParts } from '../features/openclaw-config/watch.plan.ts';
import { restartPlan } from '../features/openclaw/restart.plan.ts';
import { checkHealth } from '../features/setup/health.ts';
import { createSetupPlans, type PlanParts } from '../features/setup/plans.ts';
import type { Database } from '../lib/tables.ts';
import type { AnyPlan } from '../tasks/plan.ts';

interface Parts extends PlanParts {
  db: Database;
  gatewayBackWithinMs: number | undefined;
}

/** Every kind of task, by its type. */
export function createPlans({ db, gateways, nodePackages, gatewayBackWithinMs }: Parts): ReadonlyMap<string, AnyPlan> {
  const isHealthy: WatchParts['isHealthy'] = async (where) => (await checkHealth({ ...where, gateways, wait: 0 })).ok;
  const plans: AnyPlan[] = [
    ...createSetupPlans({ gateways, nodePackages }),
    restartPlan({ gateways }),
    ...backupPlans(),
    watchPlan({ db, gateways, isHealthy, backWithinMs: gatewayBackWithinMs }),
  ];
  return new Map(plans.map((plan) => [plan.type, plan]));
}
