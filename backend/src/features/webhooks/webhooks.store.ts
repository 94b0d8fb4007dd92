import type { Insertable, Selectable, Transaction, Updateable } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type WebhookRow = Selectable<Tables['webhook']>;
export type DeliveryRow = Selectable<Tables['webhook_delivery']>;

export function webhooksStore(db: Database | Transaction<Tables>) {
  return {
    /** `null`: those of the installation. */
    of: (serverId: string | null): Promise<WebhookRow[]> =>
      db
        .selectFrom('webhook')
        .selectAll()
        .where('server_id', serverId === null ? 'is' : '=', serverId)
        .orderBy('created_at')
        .orderBy('id')
        .execute(),
    get: (id: string): Promise<WebhookRow | undefined> => db.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst(),
    /** Switched on, and about this server or about all. */
    toldOf: (serverId: string | null): Promise<WebhookRow[]> => {
      const query = db.selectFrom('webhook').selectAll().where('enabled', '=', 1);
      return (
        serverId === null
          ? query.where('server_id', 'is', null)
          : query.where((eb) => eb.or([eb('server_id', 'is', null), eb('server_id', '=', serverId)]))
      ).execute();
    },
    add: (row: Insertable<Tables['webhook']>) => db.insertInto('webhook').values(row).execute(),
    update: (id: string, change: Updateable<Tables['webhook']>) => db.updateTable('webhook').set(change).where('id', '=', id).execute(),
    remove: (id: string) => db.deleteFrom('webhook').where('id', '=', id).execute(),

    /** Once for each webhook and key. */
    enqueue: (row: Insertable<Tables['webhook_delivery']>) =>
      db
        .insertInto('webhook_delivery')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    updateDelivery: (id: string, change: Updateable<Tables['webhook_delivery']>) =>
      db.updateTable('webhook_delivery').set(change).where('id', '=', id).execute(),
    dueHooks: async (now: number): Promise<string[]> => {
      const rows = await db
        .selectFrom('webhook_delivery')
        .select('webhook_id')
        .where('state', '=', 'waiting')
        .where('due_at', '<=', now)
        .groupBy('webhook_id')
        .orderBy((eb) => eb.fn.min('due_at'))
        .execute();
      return rows.map(({ webhook_id }) => webhook_id);
    },
    /** When the first delivery is due that is not yet. */
    nextDue: async (now: number): Promise<number | undefined> => {
      const { at } = await db
        .selectFrom('webhook_delivery')
        .select((eb) => eb.fn.min<number | null>('due_at').as('at'))
        .where('state', '=', 'waiting')
        .where('due_at', '>', now)
        .executeTakeFirstOrThrow();
      return at === null ? undefined : Number(at);
    },
    firstDue: (webhookId: string, now: number): Promise<DeliveryRow | undefined> =>
      db
        .selectFrom('webhook_delivery')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where('state', '=', 'waiting')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('created_at')
        .orderBy('id')
        .limit(1)
        .executeTakeFirst(),
    lastOf: (webhookId: string, limit: number): Promise<DeliveryRow[]> =>
      db
        .selectFrom('webhook_delivery')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    waitingOf: async (webhookId: string): Promise<number> => {
      const { count } = await db
        .selectFrom('webhook_delivery')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('webhook_id', '=', webhookId)
        .where('state', '=', 'waiting')
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    giveUp: (webhookId: string, error: string) =>
      db
        .updateTable('webhook_delivery')
        .set({ state: 'failed', error })
        .where('webhook_id', '=', webhookId)
        .where('state', '=', 'waiting')
        .execute(),
    /** All but the newest `kept` of a webhook. */
    forgetBeyond: async (webhookId: string, kept: number): Promise<void> => {
      const last = await db
        .selectFrom('webhook_delivery')
        .select('created_at')
        .where('webhook_id', '=', webhookId)
        .orderBy('created_at', 'desc')
        .offset(kept)
        .limit(1)
        .executeTakeFirst();
      if (last)
        await db.deleteFrom('webhook_delivery').where('webhook_id', '=', webhookId).where('created_at', '<=', last.created_at).execute();
    },
    figures: async (since: number) => {
      const counted = await db
        .selectFrom('webhook_delivery')
        .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
        .where((eb) => eb.or([eb('state', '=', 'waiting'), eb('created_at', '>', since)]))
        .groupBy('state')
        .execute();
      const hooks = await db
        .selectFrom('webhook')
        .select((eb) => [eb.fn.countAll<number>().as('all'), eb.fn.count<number>('disabled_why').as('off')])
        .executeTakeFirstOrThrow();
      return { counted, all: Number(hooks.all), off: Number(hooks.off) };
    },
  };
}
