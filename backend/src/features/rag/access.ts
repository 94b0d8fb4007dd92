import type { Clock } from '../../lib/clock.ts';
import type { Host } from '../../lib/host.ts';
import type { OpenRagd, Ragd } from '../../lib/ragd.ts';
import type { Sealer } from '../../lib/sealer.ts';
import type { Database } from '../../lib/tables.ts';
import { notInstalled } from './rag.problems.ts';
import { ragStore } from './rag.store.ts';
import { aadOf } from './sealed-rag.store.ts';

export interface RagAccessParts {
  db: Database;
  sealer: Sealer;
  clock: Clock;
  openRagd: OpenRagd;
}

export type RagAccess = ReturnType<typeof createRagAccess>;

/** Where the document search of each server answers, and the token that opens it. */
export function createRagAccess({ db, sealer, clock, openRagd }: RagAccessParts) {
  const store = ragStore(db);
  return {
    /** Throws `rag.not_installed`. */
    async open(host: Host, serverId: string, signal: AbortSignal): Promise<Ragd> {
      const row = await store.service(serverId);
      if (!row) throw notInstalled();
      return openRagd(host, { port: row.port, token: sealer.open(row.token, aadOf(serverId)), signal });
    },
    openWith: openRagd,
    portOf: async (serverId: string): Promise<number | undefined> => (await store.service(serverId))?.port,
    keep: (serverId: string, { port, token }: { port: number; token: string }) =>
      store.setService({ server_id: serverId, token: sealer.seal(token, aadOf(serverId)), port, installed_at: clock.now() }),
  };
}
