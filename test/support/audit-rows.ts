import { hashOf, START } from '../../backend/src/features/audit/audit-chain.ts';
import type { Database } from '../../backend/src/lib/tables.ts';

const ACTIONS = ['server.change', 'server.test', 'task.cancel', 'auth.sign_in'];
const RESULTS = ['ok', 'ok', 'ok', 'ok', 'ssh.timeout'];
const BATCH = 1_000;

/** Chained rows of 10 servers and 50 people, one a second; every 2,000th holds the word `needle`. The log must be empty before. */
export async function fillAudit(db: Database, count: number, { at = (index: number) => 1_000_000 + index * 1_000 } = {}): Promise<void> {
  let previous = START;
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, offset) => {
      const index = from + offset;
      const content = {
        at: at(index),
        actor_id: String(index % 50),
        actor_name: `Person ${index % 50}`,
        action: ACTIONS[index % ACTIONS.length] ?? '',
        server_id: `srv_${index % 10}`,
        target: `srv_${index % 10}`,
        result: RESULTS[index % RESULTS.length] ?? '',
        before: null,
        after: JSON.stringify({ name: index % 2_000 === 1_999 ? 'needle' : `ship ${index}`, host: '198.51.100.7', port: 22 }),
        ip: '203.0.113.5',
        request_id: `req-${index}`,
      };
      const row = { ...content, previous_hash: previous, hash: hashOf(content, previous) };
      previous = row.hash;
      return row;
    });
    await db.transaction().execute(async (trx) => {
      for (let part = 0; part < rows.length; part += 250)
        await trx
          .insertInto('audit')
          .values(rows.slice(part, part + 250))
          .execute();
    });
  }
}
