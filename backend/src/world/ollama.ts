import { openOllama } from '../adapters/ollama/ollama.ts';
import { createOllamaReleases } from '../adapters/ollama/releases.ts';
import type { Config } from '../config.ts';
import { createOllama, type OllamaParts } from '../features/ollama/ollama.ts';
import { ollamaPlans } from '../features/ollama/plans.ts';
import { OLLAMA_BASE } from '../features/ollama/release.ts';
import { nodeStep } from '../features/setup/steps/node.step.ts';
import type { NodePackages } from '../lib/node-packages.ts';
import type { AnyPlan } from '../tasks/plan.ts';

/** The tasks of Ollama; Node.js, which they run on the server, is brought by the setup's own step. */
export const createOllamaPlans = ({ nodePackages }: { nodePackages: NodePackages }): AnyPlan[] =>
  ollamaPlans({ openOllama, nodeStep: (options) => nodeStep({ nodePackages, ...options }) });

export function createOllamaFeature({
  config,
  ...parts
}: { config: Config } & Pick<OllamaParts, 'hosts' | 'tasks' | 'kindOf' | 'trialPort'>) {
  const base = config.ollamaDownloadBase ?? OLLAMA_BASE;
  return createOllama({ ...parts, openOllama, base, releases: createOllamaReleases({ base }) });
}
