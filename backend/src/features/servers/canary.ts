import type { Sealer } from '../../lib/sealer.ts';
import type { Database } from '../../lib/tables.ts';
import { canaryStore } from './canary.store.ts';

const TEXT = 'this installation';
export const CANARY_AAD = 'setting:value:canary';

/** Proves at start that ENCRYPTION_KEY opens what this database holds; puts the proof there at the first start. */
export async function checkCanary({ db, sealer }: { db: Database; sealer: Sealer }): Promise<void> {
  const store = canaryStore(db);
  const envelope = await store.read();
  if (envelope === undefined) return void (await store.write(sealer.seal(TEXT, CANARY_AAD)));
  if (!opensCanary(sealer, envelope)) throw new WrongKey();
}

/** Whether the ring opens the proof of a database: of ours, of a copy. */
export function opensCanary(sealer: Sealer, envelope: string | undefined): boolean {
  try {
    return envelope !== undefined && sealer.open(envelope, CANARY_AAD) === TEXT;
  } catch {
    return false; // the reason inside would name no more than that
  }
}

export class WrongKey extends Error {
  constructor() {
    super(
      'ENCRYPTION_KEY does not open this database. Use the key that it was made with (several keys may stand there, by comma), or another DATA_DIR.',
    );
    this.name = 'WrongKey';
  }
}
