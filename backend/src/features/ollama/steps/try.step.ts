import { withTag, type OpenOllama } from '../../../lib/ollama.ts';
import type { Step } from '../../../tasks/plan.ts';
import type { PullInput } from '../inputs.ts';
import { modelUseless } from '../ollama.problems.ts';

// Two that mean the same without a word in common, and a stranger.
const TEXTS = ['The cat is sleeping on the couch.', 'A pet rests upon some furniture.', 'Interest rates were raised by the bank.'];

const tried = new WeakSet<AbortSignal>();

/** A model for documents is loaded once and asked: it must fit into the memory for real, and know what is alike. */
export const tryStep = ({ openOllama }: { openOllama: OpenOllama }): Step<PullInput> => ({
  key: 'ollama-try',
  title: 'Try the model',
  done: async ({ signal }) => tried.has(signal),
  async apply({ host, input, signal, log }) {
    const ollama = openOllama(host, { port: input.port, signal });
    const model = (await ollama.models()).find(({ name }) => withTag(name) === withTag(input.model));
    if (model?.embedding) log(judge(input.model, await ollama.embed(input.model, TEXTS)));
    else log('It makes no vectors: agents can talk to it, document collections cannot use it.');
    tried.add(signal);
  },
});

function judge(model: string, vectors: number[][]): string {
  const [first, alike, stranger] = vectors;
  if (!first?.length || !alike || !stranger || vectors.some((vector) => vector.length !== first.length))
    throw modelUseless(model, 'it gives no vectors');
  if (!(cosine(first, alike) > cosine(first, stranger))) throw modelUseless(model, 'it finds a stranger nearer than what means the same');
  return `It works: vectors of ${first.length} numbers, ${cosine(first, alike).toFixed(2)} for what means the same, ${cosine(first, stranger).toFixed(2)} for a stranger.`;
}

function cosine(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]): number => x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
