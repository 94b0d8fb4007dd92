import type { HostKey } from '../../lib/host.ts';
import type { Database } from '../../lib/tables.ts';

interface TrialRow {
  id: string;
  owner: { id: string; firstName: string };
  port: number;
  username: string;
  envelope: string;
  hostKey: HostKey;
  at: number;
}

export function trialStore(db: Database) {
  return {
    find: async (): Promise<string | undefined> =>
      (await db.selectFrom('server').select('id').where('kind', '=', 'trial').executeTakeFirst())?.id,
    put: ({ id, owner, port, username, envelope, hostKey, at }: TrialRow) =>
      db.transaction().execute(async (trx) => {
        const person = {
          id: owner.id,
          first_name: owner.firstName,
          last_name: null,
          username: null,
          language_code: null,
          created_at: at,
          last_seen_at: at,
        };
        await trx
          .insertInto('user')
          .values(person)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const place = { host: '127.0.0.1', port, username, updated_at: at };
        await trx
          .insertInto('server')
          .values({
            id,
            name: 'This machine',
            kind: 'trial',
            ...place,
            auth_method: 'key',
            public_key: null,
            tags: '[]',
            jump_host: null,
            jump_port: null,
            jump_username: null,
            state_at: null,
            created_at: at,
          })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(place))
          .execute();
        await trx
          .insertInto('member')
          .values({ server_id: id, user_id: owner.id, role: 'owner', granted_by: owner.id, granted_at: at, expires_at: null })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await trx
          .insertInto('server_secret')
          .values({ server_id: id, name: 'private_key', envelope })
          .onConflict((conflict) => conflict.columns(['server_id', 'name']).doUpdateSet({ envelope }))
          .execute();
        await trx
          .insertInto('host_key')
          .values({ server_id: id, hop: 'server', standing: 'pinned', ...hostKey, at, by_user: owner.id })
          .onConflict((conflict) => conflict.columns(['server_id', 'hop', 'standing']).doUpdateSet({ ...hostKey, at }))
          .execute();
      }),
  };
}
