import type { Selectable, Transaction } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export function escalationStore(db: Database | Transaction<Tables>) {
  return {
    begin: (subject: string, serverId: string, dueAt: number) =>
      db
        .insertInto('escalation')
        .values({ subject, server_id: serverId, due_at: dueAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    end: (subject: string) => db.deleteFrom('escalation').where('subject', '=', subject).execute(),
    due: (now: number): Promise<Selectable<Tables['escalation']>[]> =>
      db.selectFrom('escalation').selectAll().where('due_at', '<=', now).orderBy('due_at').execute(),
    next: (subject: string, step: number, dueAt: number) =>
      db.updateTable('escalation').set({ step, due_at: dueAt }).where('subject', '=', subject).execute(),
  };
}
