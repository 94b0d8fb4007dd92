import type { Step } from '../../../tasks/plan.ts';
import { readFacts, type OllamaFacts } from '../facts.ts';
import { DISK_KEPT_BYTES, memoryFor } from '../fit.ts';
import type { InstallInput } from '../inputs.ts';
import { KNOWN_MODELS } from '../known-models.ts';
import { portTaken, serverTooSmall, unsupported } from '../ollama.problems.ts';
import { machineOf } from '../release.ts';

// Unpacked it is about 100 MB; twice that while one version takes the place of another.
const DISK_BYTES = 300_000_000 + DISK_KEPT_BYTES;
const smallestModel = Math.min(...KNOWN_MODELS.map(({ sizeBytes }) => sizeBytes));

/** Whether something that speaks as Ollama is on the server and not ours: then it is used as it is. */
export const isAdopted = ({ kind, other, port }: OllamaFacts): boolean =>
  kind === undefined && (other === 'unit' || (other === 'program' && port !== 'free'));

const looked = new WeakSet<AbortSignal>();

/** Looks whether Ollama can run here. Nothing is changed. */
export const preflightStep: Step<InstallInput> = {
  key: 'ollama-fits',
  title: 'Check memory, disk and port',
  done: async ({ signal }) => looked.has(signal),
  async apply({ host, input, signal, log }) {
    const facts = await readFacts(host, { ...input, signal });
    if (isAdopted(facts)) log('There is an Ollama on this server already. It is used as it is.');
    else demandRoom(facts, input);
    looked.add(signal);
  },
};

function demandRoom(facts: OllamaFacts, { port }: InstallInput): void {
  if (facts.kernel !== 'Linux' || facts.libc !== 'glibc' || machineOf(facts.arch) === undefined) throw unsupported(facts.arch, facts.libc);
  if (facts.port !== 'free' && facts.kind === undefined) throw portTaken(port);
  // What is there already has found its place.
  if (facts.kind !== undefined) return;
  const memory = memoryFor(smallestModel);
  if (facts.memAvailableBytes < memory) throw serverTooSmall('memory', facts.memAvailableBytes, memory);
  if (facts.diskFreeBytes < DISK_BYTES) throw serverTooSmall('disk', facts.diskFreeBytes, DISK_BYTES);
}
