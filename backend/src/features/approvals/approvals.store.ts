import type { Database } from '../../lib/tables.ts';

/** The servers whose commands wait for an answer, and on which of its servers a person may give it. */
export function approvalsStore(db: Database) {
  return {
    watched: async (): Promise<string[]> =>
      (await db.selectFrom('approval_watch').select('server_id').execute()).map(({ server_id }) => server_id),
    watch: (serverId: string, by: string, at: number) =>
      db
        .insertInto('approval_watch')
        .values({ server_id: serverId, by_user: by, at })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    unwatch: (serverId: string) => db.deleteFrom('approval_watch').where('server_id', '=', serverId).execute(),
    serversOf: (userId: string, now: number) =>
      db
        .selectFrom('member')
        .innerJoin('server', 'server.id', 'member.server_id')
        .select(['server.id', 'server.name', 'member.role'])
        .where('member.user_id', '=', userId)
        .where('member.role', 'in', ['admin', 'owner'])
        .where((eb) => eb.or([eb('member.expires_at', 'is', null), eb('member.expires_at', '>', now)]))
        .orderBy('server.name')
        .orderBy('server.id')
        .execute(),
  };
}
