import type { AnyPlan, Plan, Step } from '../../tasks/plan.ts';
import { EnableInput, NoSecrets, SkillInput } from './inputs.ts';
import { commandStep, rulesStep, runStep, seenStep } from './steps/command.step.ts';
import { fileStep } from './steps/skill-file.step.ts';
import { gatewayStep, pluginStep, tokenStep, verifyStep } from './steps/plugin.step.ts';
import { whereOf, type SkillPlanParts } from './steps/skill-parts.ts';

export const ENABLE = 'rag.enable-skill';
export const DISABLE = 'rag.disable-skill';

/** Letting an agent search its documents, and taking that away. */
export function skillPlans(parts: SkillPlanParts): AnyPlan[] {
  const common = {
    lane: ({ agentId }: SkillInput) => `rag:${agentId}`,
    identity: ({ agentId }: SkillInput) => agentId,
    input: SkillInput,
    secrets: NoSecrets,
  };
  const enable: Plan<EnableInput, object> = {
    ...common,
    type: ENABLE,
    identity: ({ agentId, via }) => `${agentId} ${via}`,
    input: EnableInput,
    steps: ({ via }) =>
      via === 'plugin'
        ? [fileStep(parts), tokenStep(parts), pluginStep(parts), gatewayStep(parts), verifyStep(parts)]
        : [rulesStep(parts), fileStep(parts), commandStep(parts), seenStep(parts), runStep(parts)],
  };
  const disable: Plan<SkillInput, object> = { ...common, type: DISABLE, steps: () => [withdrawStep(parts)] };
  return [enable, disable];
}

const settled = new WeakSet<AbortSignal>();

const withdrawStep = ({ skills }: SkillPlanParts): Step<SkillInput> => ({
  key: 'withdraw',
  title: 'Let the agent search no longer',
  // It is safe to do again, and cheap.
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    await skills().withdraw(whereOf(context), { wait: true });
    settled.add(context.signal);
  },
});
