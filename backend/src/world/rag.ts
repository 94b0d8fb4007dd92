import { setTimeout as delay } from 'node:timers/promises';
import { readRagdBundle } from '../adapters/ragd/bundle.ts';
import { openRagd } from '../adapters/ragd/ragd.ts';
import { createRagAccess } from '../features/rag/access.ts';
import { installPlan } from '../features/rag/install.plan.ts';
import { jobPlans } from '../features/rag/jobs.plan.ts';
import { createRag } from '../features/rag/rag.ts';
import { skillPlans } from '../features/rag/skill.plans.ts';
import { createSkills, type ChangeConfig, type Skills } from '../features/rag/skills.ts';
import { nodeStep } from '../features/setup/steps/node.step.ts';
import type { OpenclawConfig } from '../features/openclaw-config/openclaw-config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Gateways } from '../lib/gateway.ts';
import type { HostPool } from '../lib/host.ts';
import type { MakeId } from '../lib/id.ts';
import type { NodePackages } from '../lib/node-packages.ts';
import { Problem } from '../lib/problem.ts';
import type { RagdBundle } from '../lib/ragd.ts';
import type { Sealer } from '../lib/sealer.ts';
import type { Database } from '../lib/tables.ts';
import type { AnyPlan } from '../tasks/plan.ts';
import type { Tasks } from '../tasks/tasks.ts';

export interface RagWorldParts {
  db: Database;
  sealer: Sealer;
  clock: Clock;
  makeId: MakeId;
  hosts: HostPool;
  gateways: Gateways;
  nodePackages: NodePackages;
  kindOf: (serverId: string) => Promise<'ssh' | 'trial'>;
  /** Where the built service is. */
  bundleFolder: string;
}

interface Joined {
  tasks: Tasks;
  openclawConfig: OpenclawConfig;
}

/** The document search: its tasks are there before what runs them, and what they need of that is joined later. */
export function createRagParts(parts: RagWorldParts) {
  const { db, sealer, clock, hosts, gateways, nodePackages } = parts;
  const access = createRagAccess({ db, sealer, clock, openRagd });
  const bundle = (): RagdBundle | undefined => readRagdBundle(parts.bundleFolder);
  let skills: Skills | undefined;
  const mustSkills = (): Skills => {
    if (!skills) throw new Error('The document search is not joined to the tasks yet');
    return skills;
  };
  return {
    plans: (): AnyPlan[] => [
      installPlan({ access, bundle, nodeStep: (options) => nodeStep({ nodePackages, ...options }) }),
      ...jobPlans({ access, hosts }),
      ...skillPlans({ clock, access, gateways, skills: mustSkills, bundle }),
    ],
    join({ tasks, openclawConfig }: Joined) {
      skills = createSkills({ db, access, changeConfig: changing(openclawConfig), untilEnded: ending(tasks) });
      return createRag({ ...parts, tasks, access, skills, bundle });
    },
  };
}

const TRIES = 4;

/** Through the same door as a person's change: the old configuration is kept, and comes back when the gateway does not. */
const changing =
  (openclawConfig: OpenclawConfig): ChangeConfig =>
  async (serverId, wanted, by, signal) => {
    for (let tries = 1; ; tries++) {
      const { config, hash } = await openclawConfig.read(serverId, signal);
      const changes = await wanted(config);
      if (changes.length === 0) return null;
      try {
        return (await openclawConfig.change(serverId, { baseHash: hash, changes }, by, signal)).taskId;
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'config.changed_meanwhile' || tries === TRIES) throw error;
      }
    }
  };

const LOOK_EVERY_MS = 300;

const ending =
  (tasks: Tasks) =>
  async (taskId: string, signal: AbortSignal): Promise<void> => {
    for (;;) {
      const { state, error } = await tasks.get(taskId);
      if (state === 'succeeded') return;
      if (state !== 'queued' && state !== 'running')
        throw new Problem(
          'rag.skill_failed',
          error?.message ?? 'The gateway did not come back',
          error?.fix === undefined ? {} : { fix: error.fix },
        );
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  };
