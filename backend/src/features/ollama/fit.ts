import { withTag } from '../../lib/ollama.ts';
import type { OllamaFacts } from './facts.ts';
import { KNOWN_MODELS, type KnownModelFacts } from './known-models.ts';

const MB = 1_000_000;
// Weights, the buffers beside them, and Ollama itself.
const memoryFor = (sizeBytes: number): number => Math.round(sizeBytes * 1.5) + 300 * MB;
// What the rest of the machine keeps: a full disk stops more than Ollama.
export const DISK_KEPT_BYTES = 500 * MB;
/** What the unit may take of the machine's memory: `MemoryMax` of the drop-in says the same. */
export const MEMORY_SHARE = 0.75;

export interface Room {
  memoryBytes: number;
  diskBytes: number;
}

/** What a model may take. One that is in memory now would make place: only one is kept there at a time. */
export const roomOf = ({ memAvailableBytes, memTotalBytes, diskFreeBytes }: OllamaFacts, loadedBytes: number): Room => ({
  memoryBytes: Math.min(memAvailableBytes + loadedBytes, Math.floor(memTotalBytes * MEMORY_SHARE)),
  diskBytes: Math.max(0, diskFreeBytes - DISK_KEPT_BYTES),
});

export type Fit = 'yes' | 'memory' | 'disk';

export const fitOf = (sizeBytes: number, room: Room, { installed = false } = {}): Fit =>
  memoryFor(sizeBytes) > room.memoryBytes ? 'memory' : !installed && sizeBytes > room.diskBytes ? 'disk' : 'yes';

export const knownModel = (name: string): KnownModelFacts | undefined =>
  KNOWN_MODELS.find((model) => withTag(model.name) === withTag(name));

export function judgeKnown(room: Room, installed: ReadonlySet<string>) {
  return KNOWN_MODELS.map((model) => {
    const isInstalled = installed.has(withTag(model.name));
    return {
      ...model,
      memoryBytes: memoryFor(model.sizeBytes),
      installed: isInstalled,
      fit: fitOf(model.sizeBytes, room, { installed: isInstalled }),
    };
  });
}

/** The names of the known models that fit, the better first. */
export const fitting = (room: Room): string[] =>
  KNOWN_MODELS.filter(({ sizeBytes }) => fitOf(sizeBytes, room) === 'yes').map(({ name }) => name);

/** The largest download that memory allows. */
export const mostBytes = ({ memoryBytes, diskBytes }: Room): { byMemory: number; byDisk: number } => ({
  byMemory: Math.max(0, Math.floor((memoryBytes - 300 * MB) / 1.5)),
  byDisk: diskBytes,
});
export { memoryFor };
