import type { Database, Tables } from '../../lib/tables.ts';

export function stepUpStore(db: Database) {
  return {
    add: (row: Tables['step_up']) => db.insertInto('step_up').values(row).execute(),
    find: (hash: string): Promise<Tables['step_up'] | undefined> =>
      db.selectFrom('step_up').selectAll().where('code_hash', '=', hash).executeTakeFirst(),
    /** Whoever removes it has used it: of two at once one gets it. */
    take: (hash: string, sessionId: string): Promise<Tables['step_up'] | undefined> =>
      db.deleteFrom('step_up').where('code_hash', '=', hash).where('session_id', '=', sessionId).returningAll().executeTakeFirst(),
    forgetBefore: (time: number) => db.deleteFrom('step_up').where('expires_at', '<=', time).execute(),
  };
}
