import type { Role } from '@clawmoor/shared/route.ts';
import type { Selectable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

const AT_LEAST = { viewer: ['viewer', 'admin', 'owner'], admin: ['admin', 'owner'], owner: ['owner'] } as const;

/** Who can be told, and how far the bot may write to them. */
export function audienceStore(db: Database) {
  return {
    /** With at least this role: the owner first, then by the time of their grant. */
    members: async (serverId: string, role: Role, now: number): Promise<string[]> => {
      const rows = await db
        .selectFrom('member')
        .select('user_id')
        .where('server_id', '=', serverId)
        .where('role', 'in', AT_LEAST[role])
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
        .orderBy((eb) => eb.case().when('role', '=', 'owner').then(0).else(1).end())
        .orderBy('granted_at')
        .orderBy('user_id')
        .execute();
      return rows.map(({ user_id }) => user_id);
    },
    user: (userId: string): Promise<Selectable<Tables['user']> | undefined> =>
      db.selectFrom('user').selectAll().where('id', '=', userId).executeTakeFirst(),
    chat: (userId: string): Promise<Selectable<Tables['bot_chat']> | undefined> =>
      db.selectFrom('bot_chat').selectAll().where('user_id', '=', userId).executeTakeFirst(),
    putChat: (userId: string, change: Partial<Omit<Selectable<Tables['bot_chat']>, 'user_id'>>) =>
      db
        .insertInto('bot_chat')
        .values({ user_id: userId, started_at: null, unreachable_since: null, unreachable_why: null, ...change })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(change))
        .execute(),
  };
}
