import type { Transaction } from 'kysely';
import type { Tables } from '../../lib/tables.ts';
import type { IncidentRow } from './incidents.store.ts';

// A thousand with three lines each take 836 kB (measured).
const KEPT = { ended: 1_000, events: 500 };

/** The newest incidents of a server that are over stay, and the newest lines of each one's history. */
export async function forgetBeyond(trx: Transaction<Tables>, { id, server_id, state }: IncidentRow): Promise<void> {
  const line = await trx
    .selectFrom('incident_event')
    .select('seq')
    .where('incident_id', '=', id)
    .orderBy('seq', 'desc')
    .offset(KEPT.events)
    .limit(1)
    .executeTakeFirst();
  if (line) await trx.deleteFrom('incident_event').where('incident_id', '=', id).where('seq', '<=', line.seq).execute();
  if (state !== 'resolved') return;
  const ended = trx
    .selectFrom('incident')
    .select('id')
    .where('server_id', server_id === null ? 'is' : '=', server_id)
    .where('state', '=', 'resolved')
    .orderBy('resolved_at', 'desc')
    .orderBy('id', 'desc')
    .offset(KEPT.ended)
    .limit(100);
  await trx.deleteFrom('incident').where('id', 'in', ended).execute();
}
