import { withTag, type OpenOllama } from '../../../lib/ollama.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';
import { readFacts } from '../facts.ts';
import { fitOf, knownModel, mostBytes, roomOf, type Room } from '../fit.ts';
import type { PullInput } from '../inputs.ts';
import { explainPull, modelTooLarge } from '../ollama.problems.ts';
import { percentOf, pullScript } from '../pull-script.ts';

interface Parts {
  openOllama: OpenOllama;
}

/** Brings a model, unless it is too large. It runs on the server alone, so that no death of ours ends it. */
export const pullStep = ({ openOllama }: Parts): Step<PullInput> => ({
  key: 'ollama-pull',
  title: 'Download the model',
  deadlineMs: 6 * 60 * 60_000,
  async done({ host, input, signal }) {
    const models = await openOllama(host, { port: input.port, signal }).models();
    return models.some(({ name }) => withTag(name) === withTag(input.model));
  },
  async apply(context) {
    const { host, input, detached } = context;
    const room = await roomFor(openOllama, context);
    demandFit(input.model, room);
    const node = (await host.run(sh`command -v node`)).stdout.trim();
    const script = pullScript({ node, port: input.port, model: withTag(input.model), ...mostBytes(room) });
    await detached({ name: 'pull', script, percentOf }).catch((error: unknown) => explainPull(error, input.model, room));
  },
});

async function roomFor(openOllama: OpenOllama, { host, input, signal }: StepContext<PullInput>): Promise<Room> {
  const facts = await readFacts(host, { ...input, signal });
  const loaded = await openOllama(host, { port: input.port, signal }).loaded();
  return roomOf(
    facts,
    loaded.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

/** Throws `ollama.does_not_fit` for a model whose size is known beforehand; the others are measured when their pull begins. */
export function demandFit(model: string, room: Room): void {
  const known = knownModel(model);
  if (!known) return;
  const fit = fitOf(known.sizeBytes, room);
  if (fit !== 'yes') throw modelTooLarge(model, known.sizeBytes, { fit, room });
}
