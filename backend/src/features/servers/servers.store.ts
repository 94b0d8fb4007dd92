import { sql, type Insertable, type Selectable, type Transaction, type Updateable } from 'kysely';
import type { Role } from '@clawmoor/shared/route.ts';
import type { HostKey } from '../../lib/host.ts';
import type { Database, SecretName, Tables } from '../../lib/tables.ts';

export type ServerRow = Selectable<Tables['server']>;
export type PinnedKey = Pick<Selectable<Tables['host_key']>, 'type' | 'sha256' | 'key'>;

/** All that is shown of a server, or needed to reach it. */
export interface WholeServer {
  server: ServerRow;
  secretNames: SecretName[];
  pinned: { server: PinnedKey | undefined; jump: PinnedKey | undefined };
  openTaskId: string | null;
}

// What a secret and a host key are bound to.
const PLACE = ['host', 'port', 'username', 'auth_method', 'jump_host', 'jump_port', 'jump_username'] as const;

type Change = (trx: Transaction<Tables>) => Promise<unknown>;

// In one statement, and as text: every look at the home screen asks for 20 of these, and the query builder would cost as much as SQLite.
const WHOLE = sql`server.*,
  pin.type AS pin_type, pin.sha256 AS pin_sha256, pin.key AS pin_key,
  jump_pin.type AS jump_pin_type, jump_pin.sha256 AS jump_pin_sha256, jump_pin.key AS jump_pin_key,
  (SELECT string_agg(name, ',') FROM server_secret WHERE server_id = server.id) AS secret_names,
  (SELECT id FROM task WHERE task.server_id = server.id AND task.state IN ('queued', 'running') ORDER BY created_at LIMIT 1) AS open_task_id`;
const PINS = sql`
  LEFT JOIN host_key AS pin ON pin.server_id = server.id AND pin.hop = 'server' AND pin.standing = 'pinned'
  LEFT JOIN host_key AS jump_pin ON jump_pin.server_id = server.id AND jump_pin.hop = 'jump' AND jump_pin.standing = 'pinned'`;

export function serversStore(db: Database) {
  return {
    /** With the person's role on each, by name. */
    listOf: async (userId: string, now: number): Promise<(WholeServer & { role: Role })[]> => {
      const { rows } = await sql<JoinedRow & { role: Role }>`
        SELECT member.role, ${WHOLE}
        FROM member JOIN server ON server.id = member.server_id ${PINS}
        WHERE member.user_id = ${userId} AND (member.expires_at IS NULL OR member.expires_at > ${now})
        ORDER BY server.name, server.id`.execute(db);
      return rows.map((row) => ({ ...wholeOf(row), role: row.role }));
    },
    async get(id: string): Promise<WholeServer | undefined> {
      const { rows } = await sql<JoinedRow>`SELECT ${WHOLE} FROM server ${PINS} WHERE server.id = ${id}`.execute(db);
      return rows[0] && wholeOf(rows[0]);
    },
    ownedBy: async (userId: string): Promise<number> => {
      const { count } = await db
        .selectFrom('member')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .where('role', '=', 'owner')
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    secretsOf: (id: string) => db.selectFrom('server_secret').select(['name', 'envelope']).where('server_id', '=', id).execute(),
    seenKey: (id: string, hop: 'server' | 'jump') =>
      db
        .selectFrom('host_key')
        .selectAll()
        .where('server_id', '=', id)
        .where('hop', '=', hop)
        .where('standing', '=', 'seen')
        .executeTakeFirst(),
    /** All of it or nothing. */
    inOneGo: (...changes: Change[]) =>
      db.transaction().execute(async (trx) => {
        for (const change of changes) await change(trx);
      }),
    /** The same, but only while the server stands where it stood when `row` was read; answers whether it did. */
    ifUnmoved: (row: ServerRow, ...changes: Change[]): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const now = await trx.selectFrom('server').select(PLACE).where('id', '=', row.id).executeTakeFirst();
        if (!now || PLACE.some((column) => now[column] !== row[column])) return false;
        for (const change of changes) await change(trx);
        return true;
      }),
    insert:
      (row: Insertable<Tables['server']>): Change =>
      (trx) =>
        trx.insertInto('server').values(row).execute(),
    update:
      (id: string, row: Updateable<Tables['server']>): Change =>
      (trx) =>
        trx.updateTable('server').set(row).where('id', '=', id).execute(),
    putSecret:
      (serverId: string, name: SecretName, envelope: string): Change =>
      (trx) =>
        trx
          .insertInto('server_secret')
          .values({ server_id: serverId, name, envelope })
          .onConflict((conflict) => conflict.columns(['server_id', 'name']).doUpdateSet({ envelope }))
          .execute(),
    dropSecrets:
      (serverId: string, names: SecretName[]): Change =>
      (trx) =>
        names.length === 0
          ? Promise.resolve()
          : trx.deleteFrom('server_secret').where('server_id', '=', serverId).where('name', 'in', names).execute(),
    putKey:
      (serverId: string, hop: 'server' | 'jump', standing: 'seen' | 'pinned', key: HostKey, at: number, by: string | null): Change =>
      (trx) =>
        trx
          .insertInto('host_key')
          .values({ server_id: serverId, hop, standing, ...key, at, by_user: by })
          .onConflict((conflict) => conflict.columns(['server_id', 'hop', 'standing']).doUpdateSet({ ...key, at, by_user: by }))
          .execute(),
    dropKeys:
      (serverId: string, hop?: 'server' | 'jump'): Change =>
      (trx) => {
        const all = trx.deleteFrom('host_key').where('server_id', '=', serverId);
        return (hop ? all.where('hop', '=', hop) : all).execute();
      },
    remove: (id: string) => db.deleteFrom('server').where('id', '=', id).execute(),
    putState:
      (id: string, state: ServerRow['state'], at: number): Change =>
      (trx) =>
        trx.updateTable('server').set({ state, state_at: at }).where('id', '=', id).execute(),
    setState: (id: string, state: ServerRow['state'], at: number) =>
      db.updateTable('server').set({ state, state_at: at }).where('id', '=', id).execute(),
  };
}

interface JoinedRow extends ServerRow {
  secret_names: string | null;
  open_task_id: string | null;
  pin_type: string | null;
  pin_sha256: string | null;
  pin_key: string | null;
  jump_pin_type: string | null;
  jump_pin_sha256: string | null;
  jump_pin_key: string | null;
}

const wholeOf = (row: JoinedRow): WholeServer => ({
  server: row,
  // The table's CHECK holds them to these names.
  secretNames: row.secret_names === null ? [] : (row.secret_names.split(',') as SecretName[]),
  pinned: {
    server: keyOf(row.pin_type, row.pin_sha256, row.pin_key),
    jump: keyOf(row.jump_pin_type, row.jump_pin_sha256, row.jump_pin_key),
  },
  openTaskId: row.open_task_id,
});

const keyOf = (type: string | null, sha256: string | null, key: string | null): PinnedKey | undefined =>
  type === null || sha256 === null || key === null ? undefined : { type, sha256, key };
