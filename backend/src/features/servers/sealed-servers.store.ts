import type { SealedColumn } from '../../lib/sealed-column.ts';
import type { Database, SecretName } from '../../lib/tables.ts';
import { CANARY_AAD } from './canary.ts';
import { aadOf } from './server-secrets.ts';

/** The secrets of servers. */
export function sealedServers(db: Database): SealedColumn {
  return {
    name: 'server_secret.envelope',
    async page(after, limit) {
      const [serverId = '', name = ''] = after.split(' ');
      const rows = await db
        .selectFrom('server_secret')
        .innerJoin('server', 'server.id', 'server_secret.server_id')
        .select(['server_secret.server_id', 'server_secret.name', 'server_secret.envelope'])
        .select(['server.host', 'server.port', 'server.username', 'server.jump_host', 'server.jump_port', 'server.jump_username'])
        // The name is one of a fixed list; the cursor's is compared as a text.
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple('server_secret.server_id', 'server_secret.name'), '>', tuple(serverId, name as SecretName)),
        )
        .orderBy('server_secret.server_id')
        .orderBy('server_secret.name')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        key: `${row.server_id} ${row.name}`,
        envelope: row.envelope,
        aad: aadOf(row.name, destinationOf(row)),
      }));
    },
    replace: (changes) =>
      db.transaction().execute(async (trx) => {
        let replaced = 0;
        for (const { key, envelope, resealed } of changes) {
          const [serverId = '', name = ''] = key.split(' ');
          const update = trx
            .updateTable('server_secret')
            .set({ envelope: resealed })
            .where('server_id', '=', serverId)
            .where('name', '=', name as SecretName) // from a key that `page` made
            .where('envelope', '=', envelope);
          replaced += Number((await update.executeTakeFirst()).numUpdatedRows);
        }
        return replaced;
      }),
  };
}

/** The proof that ENCRYPTION_KEY is the right one. */
export function sealedCanary(db: Database): SealedColumn {
  return {
    name: 'setting.canary',
    async page(after) {
      const row = await db.selectFrom('setting').selectAll().where('key', '=', 'canary').where('key', '>', after).executeTakeFirst();
      return row ? [{ key: row.key, envelope: row.value, aad: CANARY_AAD }] : [];
    },
    async replace(changes) {
      let replaced = 0;
      for (const { key, envelope, resealed } of changes) {
        const update = db.updateTable('setting').set({ value: resealed }).where('key', '=', key).where('value', '=', envelope);
        replaced += Number((await update.executeTakeFirst()).numUpdatedRows);
      }
      return replaced;
    },
  };
}

interface Place {
  server_id: string;
  name: SecretName;
  host: string;
  port: number;
  username: string;
  jump_host: string | null;
  jump_port: number | null;
  jump_username: string | null;
}

/** Where a secret is sent: the jump host's own go to the jump host. */
const destinationOf = (row: Place) =>
  row.name.startsWith('jump_')
    ? { serverId: row.server_id, host: row.jump_host ?? '', port: row.jump_port ?? 22, username: row.jump_username ?? '' }
    : { serverId: row.server_id, host: row.host, port: row.port, username: row.username };
