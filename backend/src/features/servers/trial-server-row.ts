import type { Clock } from '../../lib/clock.ts';
import type { HostKey } from '../../lib/host.ts';
import type { MakeId } from '../../lib/id.ts';
import type { Sealer } from '../../lib/sealer.ts';
import type { Database } from '../../lib/tables.ts';
import { serverSecrets } from './server-secrets.ts';
import { trialStore } from './trial.store.ts';

export interface TrialRowParts {
  db: Database;
  sealer: Sealer;
  clock: Clock;
  makeId: MakeId;
  trial: { port: number; username: string; privateKey: string; hostKey: HostKey };
  owner: { id: string; firstName: string };
}

/** Puts "This machine" among the servers of the trial's person, or brings its row up to date: the port is another at each start. */
export async function addTrialServer({ db, sealer, clock, makeId, trial, owner }: TrialRowParts): Promise<void> {
  const store = trialStore(db);
  const serverId = (await store.find()) ?? makeId('srv');
  const destination = { serverId, host: '127.0.0.1', port: trial.port, username: trial.username };
  await store.put({
    id: serverId,
    owner,
    port: trial.port,
    username: trial.username,
    envelope: serverSecrets(sealer).seal('private_key', trial.privateKey, destination),
    hostKey: trial.hostKey,
    at: clock.now(),
  });
}
