import { randomBytes } from 'node:crypto';
import { TESTED_FROM, TESTED_UP_TO } from '../adapters/openclaw/tested.ts';
import { creation, listArchives, nameAt } from '../features/openclaw-backups/archives.ts';
import { explainBackup } from '../features/openclaw-backups/backup.plans.ts';
import { createOpenclawBackups } from '../features/openclaw-backups/openclaw-backups.ts';
import { createOpenclawUpdates } from '../features/openclaw-update/openclaw-update.ts';
import { createRollouts, type RolloutsParts } from '../features/openclaw-update/rollouts.ts';
import { updatePlan, type PlanParts } from '../features/openclaw-update/update.plan.ts';
import { npmProblem } from '../features/setup/setup.problems.ts';
import type { HostPool } from '../lib/host.ts';
import type { AnyPlan } from '../tasks/plan.ts';
import type { Tasks } from '../tasks/tasks.ts';

const tested = { from: TESTED_FROM, to: TESTED_UP_TO };

// A first start that moves a large database to a new shape takes minutes. Without a verdict of ours for ten, the server decides.
const LIMITS: PlanParts['limits'] = { stopSeconds: 345, readySeconds: 300, verdictSeconds: 600, judgeSeconds: 90 };

/** The plan of the safe update, with what it needs of backups and of the setup. */
export const openclawUpdatePlan = (
  parts: Pick<PlanParts, 'gateways' | 'nodePackages' | 'clock'>,
  limits: Partial<PlanParts['limits']> = {},
): AnyPlan =>
  updatePlan({
    ...parts,
    tested,
    backup: {
      nameAt: (at) => nameAt(at, randomBytes(4).toString('hex')),
      script: creation,
      exists: async (host, name) => (await listArchives(host)).some(({ id }) => id === name),
      explain: explainBackup,
    },
    explainNpm: npmProblem,
    limits: { ...LIMITS, ...limits },
  });

export interface UpdateWorldParts extends Omit<RolloutsParts, 'updates' | 'tasks'> {
  hosts: HostPool;
  tasks: Tasks;
  gateways: PlanParts['gateways'];
  nodePackages: PlanParts['nodePackages'];
}

/** OpenClaw's backups, and its updates on one server and on several. */
export function createUpdates(parts: UpdateWorldParts) {
  const openclawUpdates = createOpenclawUpdates({ ...parts, tested });
  const openclawBackups = createOpenclawBackups(parts);
  return { openclawBackups, openclawUpdates, rollouts: createRollouts({ ...parts, updates: openclawUpdates }) };
}
