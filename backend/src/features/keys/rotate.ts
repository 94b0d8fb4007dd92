import type { SealedColumn } from '../../lib/sealed-column.ts';
import { kidOf, type Sealer } from '../../lib/sealer.ts';

const BATCH = 200;

export interface Rotation {
  /** Values that were sealed anew. */
  resealed: number;
  /** How many values each key seals now, by its name. */
  inUse: Map<string, number>;
  /** Values that no key of the ring opens: `column key`. */
  unreadable: string[];
}

export interface RotationParts {
  columns: readonly SealedColumn[];
  sealer: Sealer;
  /** The name of the first key of ENCRYPTION_KEY: everything is to be sealed under it. */
  newKid: string;
  onBatch?: (column: string, resealed: number) => void;
}

/** Seals everything under the first key, in batches. Killed at any point it goes on where it was: what is new is passed over. */
export async function rotateKeys({ columns, sealer, newKid, onBatch }: RotationParts): Promise<Rotation> {
  const unreadable: string[] = [];
  let resealed = 0;
  for (const column of columns) {
    for (let after = ''; ;) {
      const page = await column.page(after, BATCH);
      const last = page.at(-1);
      if (!last) break;
      const changes = page.flatMap((value) => {
        if (kidOf(value.envelope) === newKid) return [];
        try {
          return [{ ...value, resealed: sealer.seal(sealer.open(value.envelope, value.aad), value.aad) }];
        } catch {
          unreadable.push(`${column.name} ${value.key}`);
          return [];
        }
      });
      resealed += changes.length > 0 ? await column.replace(changes) : 0;
      onBatch?.(column.name, resealed);
      after = last.key;
    }
  }
  return { resealed, inUse: await countKeys(columns), unreadable };
}

async function countKeys(columns: readonly SealedColumn[]): Promise<Map<string, number>> {
  const inUse = new Map<string, number>();
  for (const column of columns) {
    for (let after = ''; ;) {
      const page = await column.page(after, BATCH);
      const last = page.at(-1);
      if (!last) break;
      for (const { envelope } of page) inUse.set(kidOf(envelope), (inUse.get(kidOf(envelope)) ?? 0) + 1);
      after = last.key;
    }
  }
  return inUse;
}
