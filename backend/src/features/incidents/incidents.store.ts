import { sql, type Insertable, type Selectable, type Transaction, type Updateable } from 'kysely';
import type { Notice } from '../../lib/notice.ts';
import type { Database, Tables } from '../../lib/tables.ts';
import { forgetBeyond } from './bounds.store.ts';

export type IncidentRow = Selectable<Tables['incident']>;
export type IncidentEventRow = Selectable<Tables['incident_event']>;
export type NamedIncident = IncidentRow & { server_name: string | null };

interface Step {
  row: IncidentRow;
  event: Omit<Insertable<Tables['incident_event']>, 'seq' | 'incident_id'>;
  notice: Notice | undefined;
}

export type IncidentsStore = ReturnType<typeof incidentsStore>;

export function incidentsStore(db: Database) {
  const named = () =>
    db
      .selectFrom('incident')
      .leftJoin('server', 'server.id', 'incident.server_id')
      .selectAll('incident')
      .select('server.name as server_name');
  const tell = (trx: Transaction<Tables>, notice: Notice) =>
    trx
      .insertInto('notice_pending')
      .values({ notice: JSON.stringify(notice) })
      .execute();
  return {
    openOnes: (): Promise<IncidentRow[]> => db.selectFrom('incident').selectAll().where('state', '=', 'open').execute(),
    get: (id: string): Promise<NamedIncident | undefined> => named().where('incident.id', '=', id).executeTakeFirst(),
    eventsOf: (id: string): Promise<IncidentEventRow[]> =>
      db.selectFrom('incident_event').selectAll().where('incident_id', '=', id).orderBy('seq').limit(500).execute(),
    /** The last one of its kind and subject that is over, when it ended after `since`. */
    lately: (
      { server_id, kind, about }: Pick<IncidentRow, 'server_id' | 'kind' | 'about'>,
      since: number,
    ): Promise<IncidentRow | undefined> =>
      db
        .selectFrom('incident')
        .selectAll()
        .where((eb) => (server_id === null ? eb('server_id', 'is', null) : eb('server_id', '=', server_id)))
        .where('kind', '=', kind)
        .where('about', '=', about)
        .where('state', '=', 'resolved')
        .where('resolved_at', '>=', since)
        .orderBy('resolved_at', 'desc')
        .limit(1)
        .executeTakeFirst(),
    /** A change, its line in the history and what is to be told of it: all, or nothing. */
    write: ({ row, event, notice }: Step): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const { id, ...rest } = row;
        await trx
          .insertInto('incident')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
          .execute();
        await trx
          .insertInto('incident_event')
          .values({ ...event, incident_id: id })
          .execute();
        if (notice) await tell(trx, notice);
        await forgetBeyond(trx, row);
      }),
    update: (id: string, row: Updateable<Tables['incident']>) => db.updateTable('incident').set(row).where('id', '=', id).execute(),
    /** Notices without an incident, together with the place up to which they were made. */
    tellOnce: (notices: Notice[], mark: { key: string; value: string }): Promise<void> =>
      db.transaction().execute(async (trx) => {
        for (const notice of notices) await tell(trx, notice);
        await trx
          .insertInto('setting')
          .values(mark)
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: mark.value }))
          .execute();
      }),
    pending: (limit: number) => db.selectFrom('notice_pending').selectAll().orderBy('seq').limit(limit).execute(),
    told: (seq: number) => db.deleteFrom('notice_pending').where('seq', '=', seq).execute(),
    setting: async (key: string): Promise<string | undefined> =>
      (await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst())?.value,
    /** Newest first, of these servers, and of the installation where `null` is among them. */
    page: (question: {
      serverIds: (string | null)[];
      state: 'open' | 'resolved' | undefined;
      before: { at: number; id: string };
      limit: number;
    }) => {
      const { serverIds, state, before, limit } = question;
      const servers = serverIds.filter((id) => id !== null);
      let query = named()
        .where((eb) =>
          eb.or([
            ...(servers.length > 0 ? [eb('incident.server_id', 'in', servers)] : []),
            ...(serverIds.includes(null) ? [eb('incident.server_id', 'is', null)] : []),
            eb.lit(false),
          ]),
        )
        .where(({ eb, refTuple, tuple }) => eb(refTuple('incident.opened_at', 'incident.id'), '<', tuple(before.at, before.id)));
      if (state !== undefined) query = query.where('incident.state', '=', state);
      return query.orderBy('incident.opened_at', 'desc').orderBy('incident.id', 'desc').limit(limit).execute();
    },
    /** Open ones of the servers that a person may see. */
    openFor: (userId: string, now: number) =>
      db
        .selectFrom('member')
        .innerJoin('incident', 'incident.server_id', 'member.server_id')
        .select(['incident.id', 'incident.kind', 'incident.severity', 'incident.server_id'])
        .where('member.user_id', '=', userId)
        .where((eb) => eb.or([eb('member.expires_at', 'is', null), eb('member.expires_at', '>', now)]))
        .where('incident.state', '=', 'open')
        .orderBy('incident.opened_at')
        .execute(),
    removeEndedBefore: (at: number) => db.deleteFrom('incident').where('state', '=', 'resolved').where('resolved_at', '<', at).execute(),
    budgetsOf: (serverId: string) =>
      db.selectFrom('budget').select(['id', 'agent_id', 'reached', 'spent_usd', 'limit_usd']).where('server_id', '=', serverId).execute(),
    isWorkedOn: async (serverId: string): Promise<boolean> =>
      (await db
        .selectFrom('task')
        .select('id')
        .where('server_id', '=', serverId)
        .where('lane', '=', 'system')
        .where('state', 'in', ['queued', 'running'])
        .limit(1)
        .executeTakeFirst()) !== undefined,
    /** What somebody, or a budget, keeps from running on purpose: the gateway itself, or what agents do by themselves. */
    heldOn: async (serverId: string): Promise<{ gateway: boolean; agents: boolean }> => {
      const stopped = await db
        .selectFrom('kill_switch')
        .select('mode')
        .where('server_id', '=', serverId)
        // Whoever resumes wants it to run: from then on it counts when it does not.
        .where('state', 'in', ['stopping', 'stopped'])
        .executeTakeFirst();
      const spent = await db
        .selectFrom('budget')
        .select('id')
        .where('server_id', '=', serverId)
        .where('policy', 'in', ['stop_schedules', 'stop_channels'])
        .where('held', '<>', '[]')
        .limit(1)
        .executeTakeFirst();
      return { gateway: stopped?.mode === 'service', agents: stopped !== undefined || spent !== undefined };
    },
    nameOf: async (serverId: string): Promise<string | undefined> =>
      (await db.selectFrom('server').select('name').where('id', '=', serverId).executeTakeFirst())?.name,
    /** Tasks that ended after a place in their order, the oldest first. */
    endedTasks: (after: { at: number; id: string }, until: number, limit: number) =>
      db
        .selectFrom('task')
        .innerJoin('server', 'server.id', 'task.server_id')
        .select([
          'task.id',
          'task.server_id',
          'task.type',
          'task.state',
          'task.created_by',
          'task.finished_at',
          'task.error',
          'server.name',
        ])
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple('task.finished_at', 'task.id'), '>', tuple<number | null, string>(after.at, after.id)),
        )
        .where('task.finished_at', '<=', until)
        .orderBy('task.finished_at')
        .orderBy('task.id')
        .limit(limit)
        .execute(),
    /** Rows of the audit log of these actions that went well, after a row; with the name of their server. */
    auditAfter: (id: number, actions: readonly string[], limit: number) =>
      db
        .selectFrom('audit')
        .leftJoin('server', 'server.id', 'audit.server_id')
        .leftJoin('user', 'user.id', 'audit.target')
        .select(['audit.id', 'audit.at', 'action', 'actor_name', 'actor_id', 'server_id', 'target', 'before', 'after'])
        .select(['server.name', 'user.first_name as target_name'])
        .where('audit.id', '>', id)
        .where('action', 'in', actions)
        .where('result', '=', 'ok')
        .orderBy('audit.id')
        .limit(limit)
        .execute(),
    newestAudit: async (): Promise<number> =>
      (
        await db
          .selectFrom('audit')
          .select(({ fn }) => fn.max('id').as('id'))
          .executeTakeFirst()
      )?.id ?? 0,
    tasksAround: (serverId: string, from: number, to: number, limit: number) =>
      db
        .selectFrom('task')
        .leftJoin('user', 'user.id', 'task.created_by')
        .select(['task.id', 'task.type', 'task.state', 'task.created_at', 'task.finished_at', 'user.first_name'])
        .where('task.server_id', '=', serverId)
        .where(sql<number>`coalesce(task.finished_at, task.created_at)`, '>=', from)
        .where('task.created_at', '<=', to)
        .orderBy('task.created_at', 'desc')
        .limit(limit)
        .execute(),
    auditAround: (serverId: string, from: number, to: number, limit: number) =>
      db
        .selectFrom('audit')
        .select(['at', 'action', 'actor_name', 'result'])
        .where('server_id', '=', serverId)
        .where('at', '>=', from)
        .where('at', '<=', to)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    /** Other incidents of the server that touched that time. */
    incidentsAround: (serverId: string, from: number, to: number, limit: number) =>
      db
        .selectFrom('incident_event')
        .innerJoin('incident', 'incident.id', 'incident_event.incident_id')
        .select([
          'incident_event.at',
          'incident_event.what',
          'incident_event.who',
          'incident_event.severity',
          'incident.kind',
          'incident.about',
          'incident.id',
        ])
        .where('incident.server_id', '=', serverId)
        .where('incident_event.at', '>=', from)
        .where('incident_event.at', '<=', to)
        .orderBy('incident_event.at', 'desc')
        .limit(limit)
        .execute(),
  };
}
