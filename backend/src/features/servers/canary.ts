import type { Sealer } from '../../lib/sealer.ts';
import type { Database } from '../../lib/tables.ts';
import { canaryStore } from './canary.store.ts';

const TEXT = 'this installation';
const AAD = 'setting:value:canary';

/** Proves at start that ENCRYPTION_KEY opens what this database holds; puts the proof there at the first start. */
export async function checkCanary({ db, sealer }: { db: Database; sealer: Sealer }): Promise<void> {
  const store = canaryStore(db);
  const envelope = await store.read();
  if (envelope === undefined) return void (await store.write(sealer.seal(TEXT, AAD)));
  try {
    if (sealer.open(envelope, AAD) === TEXT) return;
  } catch {
    // told below: the reason inside would name no more than that
  }
  throw new WrongKey();
}

export class WrongKey extends Error {
  constructor() {
    super(
      'ENCRYPTION_KEY does not open this database. Use the key that it was made with (several keys may stand there, by comma), or another DATA_DIR.',
    );
    this.name = 'WrongKey';
  }
}
