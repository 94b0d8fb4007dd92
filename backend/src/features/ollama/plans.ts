import * as z from 'zod/mini';
import type { OpenOllama } from '../../lib/ollama.ts';
import type { AnyPlan, Plan, Step } from '../../tasks/plan.ts';
import { InstallInput, PullInput } from './inputs.ts';
import { readFacts } from './facts.ts';
import { preflightStep } from './steps/preflight.step.ts';
import { pullStep } from './steps/pull.step.ts';
import { answerStep, serviceStep } from './steps/service.step.ts';
import { tryStep } from './steps/try.step.ts';
import { unpackStep } from './steps/unpack.step.ts';

export const INSTALL = 'ollama.install';
export const PULL = 'ollama.pull-model';

export interface OllamaPlanParts {
  openOllama: OpenOllama;
  /** Brings Node.js to a server that has none: the setup's own step. */
  nodeStep: (options: { homeOnly: boolean }) => Step<unknown, unknown>;
}

/** Installing Ollama, and bringing a model to it. */
export function ollamaPlans({ openOllama, nodeStep }: OllamaPlanParts): AnyPlan[] {
  const install: Plan<InstallInput> = {
    type: INSTALL,
    lane: () => 'ollama',
    input: InstallInput,
    identity: ({ version, exact }) => [INSTALL, exact && version],
    secrets: z.object({}),
    steps: (input) => [
      preflightStep,
      unlessThere(nodeStep({ homeOnly: input.trial ?? false }), input),
      unpackStep,
      serviceStep,
      answerStep({ openOllama }),
    ],
  };
  const pull: Plan<PullInput> = {
    type: PULL,
    lane: () => 'ollama',
    input: PullInput,
    secrets: z.object({}),
    steps: (input) => [nodeStep({ homeOnly: input.trial ?? false }), pullStep({ openOllama }), tryStep({ openOllama })],
  };
  return [install, pull];
}

/** Node.js only downloads: where Ollama is already there is nothing to download. */
const unlessThere = (step: Step<unknown, unknown>, input: InstallInput): Step<unknown, unknown> => ({
  ...step,
  done: async (context) => (await readFacts(context.host, { ...input, signal: context.signal })).other === 'unit' || step.done(context),
});
