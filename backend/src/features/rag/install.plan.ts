import type { Plan, Step } from '../../tasks/plan.ts';
import type { RagdBundle } from '../../lib/ragd.ts';
import type { RagAccess } from './access.ts';
import { InstallInput, NoSecrets } from './inputs.ts';
import { bundleMissing } from './rag.problems.ts';
import { copyStep, preflightStep } from './steps/copy.step.ts';
import { startStep, tokenStep } from './steps/start.step.ts';
import { tryStep } from './steps/try.step.ts';

export const INSTALL = 'rag.install';

export interface InstallPlanParts {
  access: RagAccess;
  bundle: () => RagdBundle | undefined;
  /** Brings Node.js to a server that has none: the setup's own step. */
  nodeStep: (options: { homeOnly: boolean }) => Step<unknown, unknown>;
}

/** From a server without document search, or with an older one, to one that has read and found a document. */
export const installPlan = ({ access, bundle, nodeStep }: InstallPlanParts): Plan<InstallInput, object> => ({
  type: INSTALL,
  lane: () => 'rag',
  input: InstallInput,
  secrets: NoSecrets,
  steps: ({ trial }) => {
    const brought = bundle();
    if (!brought) throw bundleMissing();
    const parts = { access, bundle: brought };
    return [preflightStep, nodeStep({ homeOnly: trial }), copyStep(parts), startStep(parts), tokenStep(parts), tryStep(parts)];
  },
});
