import type { Insertable, Selectable, Transaction, Updateable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type OutboxRow = Selectable<Tables['outbox']>;

/** So many of a person's rows are looked at in one go. */
const PAGE = 200;

export function outboxStore(db: Database | Transaction<Tables>) {
  const rows = () => db.selectFrom('outbox').selectAll();
  return {
    ofSubject: (userId: string, subject: string): Promise<OutboxRow[]> =>
      rows().where('user_id', '=', userId).where('subject', '=', subject).orderBy('ring').execute(),
    get: (id: number): Promise<OutboxRow | undefined> => rows().where('id', '=', id).executeTakeFirst(),
    /** What was announced last of a subject, to anybody. */
    latest: (subject: string): Promise<OutboxRow | undefined> =>
      rows().where('subject', '=', subject).orderBy('updated_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst(),
    /** Rows that may be about this approval: who asks looks closer. */
    ofApproval: (approvalId: string, since: number): Promise<OutboxRow[]> =>
      rows().where('updated_at', '>', since).where('notice', 'like', `%"approvalId":"${approvalId}"%`).orderBy('id').execute(),
    /** What a person was told and what they will be, the newest first. */
    ofPerson: (userId: string, limit: number): Promise<OutboxRow[]> =>
      rows()
        .where('user_id', '=', userId)
        .where('is_summary', '=', 0)
        .where('ring', '=', 0)
        .where('state', 'in', ['shown', 'waiting', 'sending', 'held'])
        .orderBy('updated_at', 'desc')
        .limit(limit)
        .execute(),
    readersOf: async (subject: string): Promise<string[]> => {
      const found = await db.selectFrom('outbox').select('user_id').distinct().where('subject', '=', subject).execute();
      return found.map(({ user_id }) => user_id);
    },
    add: async (row: Insertable<Tables['outbox']>): Promise<number> =>
      (await db.insertInto('outbox').values(row).returning('id').executeTakeFirstOrThrow()).id,
    update: (id: number, change: Updateable<Tables['outbox']>) => db.updateTable('outbox').set(change).where('id', '=', id).execute(),

    /** The same, unless another notice stands there by now; answers whether it did not. */
    updateUnless: async (id: number, notice: string, change: Updateable<Tables['outbox']>): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('outbox')
        .set(change)
        .where('id', '=', id)
        .where('notice', '=', notice)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Whose chats have something to be sent, and may be written to now. */
    waitingPeople: async (now: number): Promise<string[]> => {
      const found = await db
        .selectFrom('outbox')
        .leftJoin('bot_chat', 'bot_chat.user_id', 'outbox.user_id')
        .select('outbox.user_id')
        .distinct()
        .where('outbox.state', '=', 'waiting')
        .where((eb) => eb.or([eb('bot_chat.paused_until', 'is', null), eb('bot_chat.paused_until', '<=', now)]))
        .execute();
      return found.map(({ user_id }) => user_id);
    },
    /** When the first pause of a chat with something to send is over that is not yet. */
    nextPauseEnd: async (now: number): Promise<number | undefined> => {
      const { at } = await db
        .selectFrom('outbox')
        .innerJoin('bot_chat', 'bot_chat.user_id', 'outbox.user_id')
        .select((eb) => eb.fn.min('bot_chat.paused_until').as('at'))
        .where('outbox.state', '=', 'waiting')
        .where('bot_chat.paused_until', '>', now)
        .executeTakeFirstOrThrow();
      return at === null ? undefined : Number(at);
    },
    waitingOf: (userId: string): Promise<OutboxRow[]> =>
      rows().where('state', '=', 'waiting').where('user_id', '=', userId).orderBy('id').limit(PAGE).execute(),
    heldOf: (userId: string, why: string): Promise<OutboxRow[]> =>
      rows().where('state', '=', 'held').where('user_id', '=', userId).where('why', '=', why).orderBy('id').execute(),
    held: (): Promise<{ user_id: string; why: string | null }[]> =>
      db.selectFrom('outbox').select(['user_id', 'why']).distinct().where('state', '=', 'held').execute(),
    membersOf: (summaryId: number): Promise<OutboxRow[]> => rows().where('summary_id', '=', summaryId).orderBy('id').execute(),
    /** The person was pinged so often since then. */
    pingsSince: async (userId: string, since: number): Promise<number> => {
      const { count } = await db
        .selectFrom('outbox')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .where('shown_at', '>', since)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    summarySince: (userId: string, since: number): Promise<OutboxRow | undefined> =>
      rows()
        .where('user_id', '=', userId)
        .where('is_summary', '=', 1)
        .where('created_at', '>', since)
        .where('state', 'in', ['waiting', 'sending', 'shown'])
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst(),
    /** What a killed process was about to send. */
    interrupted: (): Promise<OutboxRow[]> => rows().where('state', '=', 'sending').execute(),

    figures: async (dayAgo: number) => {
      const counted = await db
        .selectFrom('outbox')
        .select((eb) => ['state', eb.fn.countAll<number>().as('count'), eb.fn.min('updated_at').as('oldest')])
        .where((eb) => eb.or([eb('state', 'in', ['waiting', 'sending', 'held']), eb('updated_at', '>', dayAgo)]))
        .groupBy('state')
        .execute();
      const { unknown } = await db
        .selectFrom('outbox')
        .select((eb) => eb.fn.sum<number | null>('unknown').as('unknown'))
        .where('updated_at', '>', dayAgo)
        .executeTakeFirstOrThrow();
      return { counted, unknown: Number(unknown ?? 0) };
    },
    forget: async ({ allBefore, endedBefore }: { allBefore: number; endedBefore: number }): Promise<void> => {
      await db.deleteFrom('outbox').where('updated_at', '<', allBefore).execute();
      await db.deleteFrom('outbox').where('state', 'in', ['dropped', 'failed', 'held']).where('updated_at', '<', endedBefore).execute();
    },
    /** The oldest of what a person has not got, beyond so many. */
    dropBeyond: async (userId: string, most: number, at: number): Promise<void> => {
      const beyond = await db
        .selectFrom('outbox')
        .select('id')
        .where('user_id', '=', userId)
        .where('state', 'in', ['waiting', 'held'])
        .orderBy('id', 'desc')
        .offset(most)
        .limit(PAGE)
        .execute();
      if (beyond.length === 0) return;
      const ids = beyond.map(({ id }) => id);
      await db.updateTable('outbox').set({ state: 'dropped', why: 'too_many', updated_at: at }).where('id', 'in', ids).execute();
    },
  };
}
