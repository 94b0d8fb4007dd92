import type { Database, Tables } from '../../lib/tables.ts';

export type TicketRow = Tables['ticket'];

export function ticketsStore(db: Database) {
  return {
    async add(row: TicketRow): Promise<void> {
      await db.insertInto('ticket').values(row).execute();
    },
    find: (hash: string): Promise<TicketRow | undefined> => db.selectFrom('ticket').selectAll().where('hash', '=', hash).executeTakeFirst(),
    /** Whoever removes it has used it: of two at once one gets it. */
    take: (hash: string): Promise<TicketRow | undefined> =>
      db.deleteFrom('ticket').where('hash', '=', hash).returningAll().executeTakeFirst(),
    async forgetBefore(time: number): Promise<void> {
      await db.deleteFrom('ticket').where('expires_at', '<', time).execute();
    },
  };
}
