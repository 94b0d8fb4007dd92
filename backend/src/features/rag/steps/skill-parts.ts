import type { Clock } from '../../../lib/clock.ts';
import type { Gateways } from '../../../lib/gateway.ts';
import type { RagdBundle } from '../../../lib/ragd.ts';
import type { StepContext } from '../../../tasks/plan.ts';
import type { RagAccess } from '../access.ts';
import type { SkillInput } from '../inputs.ts';
import { bundleMissing } from '../rag.problems.ts';
import type { Skills, Where } from '../skills.ts';

export interface SkillPlanParts {
  clock: Clock;
  access: RagAccess;
  gateways: Gateways;
  /** The tasks are made before what changes the configuration. */
  skills: () => Skills;
  bundle: () => RagdBundle | undefined;
}

export const whereOf = ({ host, serverId, input, signal, log }: StepContext<SkillInput>): Where => ({
  host,
  serverId,
  agentId: input.agentId,
  by: input.by,
  signal,
  log,
});

/** Throws `rag.bundle_missing`. */
export const bundleOf = ({ bundle }: SkillPlanParts): RagdBundle => {
  const found = bundle();
  if (!found) throw bundleMissing();
  return found;
};
