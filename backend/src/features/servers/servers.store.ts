import type { Insertable, Selectable, Transaction, Updateable } from 'kysely';
import type { Role } from '@clawmoor/shared/route.ts';
import type { HostKey } from '../../lib/host.ts';
import type { Database, SecretName, Tables } from '../../lib/tables.ts';

export type ServerRow = Selectable<Tables['server']>;
export type HostKeyRow = Selectable<Tables['host_key']>;

/** All that is shown of a server, or needed to reach it. */
export interface WholeServer {
  server: ServerRow;
  secretNames: SecretName[];
  pinned: { server: HostKeyRow | undefined; jump: HostKeyRow | undefined };
  openTaskId: string | null;
}

// What a secret and a host key are bound to.
const PLACE = ['host', 'port', 'username', 'auth_method', 'jump_host', 'jump_port', 'jump_username'] as const;

type Change = (trx: Transaction<Tables>) => Promise<unknown>;

export function serversStore(db: Database) {
  async function whole(rows: ServerRow[]): Promise<WholeServer[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const secrets = await db.selectFrom('server_secret').select(['server_id', 'name']).where('server_id', 'in', ids).execute();
    const keys = await db.selectFrom('host_key').selectAll().where('server_id', 'in', ids).where('standing', '=', 'pinned').execute();
    const tasks = await db
      .selectFrom('task')
      .select(['server_id', 'id'])
      .where('server_id', 'in', ids)
      .where('state', 'in', ['queued', 'running'])
      .execute();
    const keyOf = (id: string, hop: 'server' | 'jump') => keys.find((key) => key.server_id === id && key.hop === hop);
    return rows.map((server) => ({
      server,
      secretNames: secrets.filter(({ server_id }) => server_id === server.id).map(({ name }) => name),
      pinned: { server: keyOf(server.id, 'server'), jump: keyOf(server.id, 'jump') },
      openTaskId: tasks.find(({ server_id }) => server_id === server.id)?.id ?? null,
    }));
  }

  return {
    /** With the person's role on each, by name. */
    listOf: async (userId: string, now: number): Promise<(WholeServer & { role: Role })[]> => {
      const rows = await db
        .selectFrom('server')
        .innerJoin('member', 'member.server_id', 'server.id')
        .selectAll('server')
        .select('member.role')
        .where('member.user_id', '=', userId)
        .where((eb) => eb.or([eb('member.expires_at', 'is', null), eb('member.expires_at', '>', now)]))
        .orderBy('server.name')
        .orderBy('server.id')
        .execute();
      const roles = new Map(rows.map(({ id, role }) => [id, role]));
      return (await whole(rows)).map((one) => ({ ...one, role: roles.get(one.server.id) ?? 'viewer' }));
    },
    get: async (id: string): Promise<WholeServer | undefined> =>
      (await whole(await db.selectFrom('server').selectAll().where('id', '=', id).execute()))[0],
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
