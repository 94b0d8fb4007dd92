import * as z from 'zod/mini';
import type { Clock } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { Host } from '../../lib/host.ts';
import type { NodePackages } from '../../lib/node-packages.ts';
import type { Problem } from '../../lib/problem.ts';
import type { Plan, Step, StepContext } from '../../tasks/plan.ts';
import { backupStep } from './backup.step.ts';
import { installStep } from './install.step.ts';
import { preflightStep } from './preflight.step.ts';
import type { Limits } from './server-script.ts';
import { switchStep } from './switch.step.ts';
import { tidyStep } from './tidy.step.ts';

export const Input = z.object({
  /** Names the update's folder on the server; a retry has the same, and begins it anew. */
  id: z.string().check(z.regex(/^[\w-]{1,64}$/)),
  /** What was asked for: a version or a dist-tag. */
  wanted: z.string(),
  /** The version that it meant at the time. */
  version: z.string(),
});
export type Input = z.output<typeof Input>;
export type UpdateContext = StepContext<Input, object>;
export type UpdateStep = Step<Input, object>;

export const UPDATE = 'openclaw.update';

/** What other features know how to do; wired in `world/`. */
export interface PlanParts {
  gateways: Gateways;
  nodePackages: NodePackages;
  clock: Clock;
  tested: { from: string; to: string };
  /** OpenClaw's own backup: a name for one, the script that makes and verifies it, whether it is there. */
  backup: {
    nameAt: (at: number) => string;
    script: (name: string) => string;
    exists: (host: Host, name: string) => Promise<boolean>;
    explain: (output: string) => Problem;
  };
  explainNpm: (end: { exitCode: number | null; output: string; version: string }) => Problem;
  limits: Limits & { judgeSeconds: number };
}

/**
 * The safe update. Up to `switch` nothing that runs is touched; `switch` happens on the server by itself and goes back by itself; after it
 * only what is not needed any more is cleared away.
 */
export const updatePlan = (parts: PlanParts): Plan<Input, object> => ({
  type: UPDATE,
  lane: () => 'system',
  input: Input,
  identity: ({ wanted }) => wanted,
  secrets: z.object({}),
  steps: () => [preflightStep(parts), backupStep(parts), installStep(parts), switchStep(parts), tidyStep],
});
