import { sql, type Expression, type ExpressionBuilder, type Insertable, type Selectable, type SqlBool } from 'kysely';
import { likeIn } from '../../lib/dialect.ts';
import type { Database, Tables } from '../../lib/tables.ts';

export type AuditRow = Selectable<Tables['audit']>;
export type AuditFloor = Selectable<Tables['audit_floor']>;
export interface Place {
  at: number;
  id: number;
}

/** What a search asks for. `result`: `ok`, a code, or `failed` for all but `ok`. Times are in milliseconds; `to` is exclusive. */
export interface AuditFilter {
  actor?: string | undefined;
  serverId?: string | undefined;
  action?: string | undefined;
  result?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  q?: string | undefined;
}

type Like = ReturnType<typeof likeIn>;
type Where = (eb: ExpressionBuilder<Tables, 'audit'>) => Expression<SqlBool>;

export function auditStore(db: Database) {
  const conditions = conditionsWith(likeIn(db));
  /** Newest first, from `before` down to `from` or to the place `until` (inclusive). Both ends always stand there: else it were a scan. */
  const range = (lead: Where[], before: Place, from: number | Place) => {
    let query = db
      .selectFrom('audit')
      .where(({ eb, refTuple, tuple }) => eb(refTuple('at', 'id'), '<', tuple(before.at, before.id)))
      .where(({ eb, refTuple, tuple }) =>
        typeof from === 'number' ? eb('at', '>=', from) : eb(refTuple('at', 'id'), '>=', tuple(from.at, from.id)),
      );
    for (const where of lead) query = query.where(where);
    return query.orderBy('at', 'desc').orderBy('id', 'desc');
  };
  return {
    /** In one transaction: reads the last hash, makes the row from it, inserts it. */
    append: (make: (previousHash: string | undefined) => Insertable<Tables['audit']>) =>
      db.transaction().execute(async (trx) => {
        const last = await trx.selectFrom('audit').select('hash').orderBy('id', 'desc').limit(1).executeTakeFirst();
        const previous = last ?? (await trx.selectFrom('audit_floor').select('hash').executeTakeFirst());
        await trx.insertInto('audit').values(make(previous?.hash)).execute();
      }),
    after: (id: number, limit: number) => db.selectFrom('audit').selectAll().where('id', '>', id).orderBy('id').limit(limit).execute(),
    get: (id: number) => db.selectFrom('audit').selectAll().where('id', '=', id).executeTakeFirst(),
    page: ({ filter, before, limit }: { filter: AuditFilter; before: Place; limit: number }) => {
      const { lead } = conditions(filter);
      return range(lead, before, filter.from ?? 0)
        .selectAll()
        .limit(limit);
    },
    /** The last of the next `rows` rows that the leading condition allows; `undefined` when there are fewer. */
    windowEnd: ({ filter, before, rows }: { filter: AuditFilter; before: Place; rows: number }) => {
      const { lead } = conditions(filter);
      // An offset of a fixed, small number inside an index: it measures a window, it does not page.
      return range(lead, before, filter.from ?? 0)
        .select(['at', 'id'])
        .limit(1)
        .offset(rows - 1);
    },
    /** What fits all of the filter between two places. */
    inWindow: ({ filter, before, end, limit }: { filter: AuditFilter; before: Place; end: Place | undefined; limit: number }) => {
      const { lead, rest } = conditions(filter);
      return range([...lead, ...rest], before, end ?? filter.from ?? 0)
        .selectAll()
        .limit(limit);
    },
    floor: () => db.selectFrom('audit_floor').selectAll().executeTakeFirst(),
    /** Moves the floor up to a row, then removes what lies below: a trigger allows that and nothing else. */
    raiseFloor: ({ id, hash, at }: AuditRow, now: number) =>
      db.transaction().execute(async (trx) => {
        const floor = { audit_id: id, hash, at, moved_at: now };
        await trx
          .insertInto('audit_floor')
          .values({ one: 1, ...floor })
          .onConflict((conflict) => conflict.column('one').doUpdateSet(floor))
          .execute();
        await trx.deleteFrom('audit').where('id', '<=', id).execute();
      }),
    setting: async (key: string): Promise<string | undefined> =>
      (await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst())?.value,
    putSetting: (key: string, value: string) =>
      db
        .insertInto('setting')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute(),
  };
}

/** `lead` is answered by an index alone; `rest` is looked at row by row, inside a window. */
const conditionsWith =
  (like: Like) =>
  ({ actor, serverId, action, result, q }: AuditFilter): { lead: Where[]; rest: Where[] } => {
    const leads: Where[] = [];
    const rest: Where[] = [];
    for (const [column, value] of [['server_id', serverId] as const, ['actor_id', actor] as const, ['action', action] as const]) {
      if (value === undefined) continue;
      if (leads.length === 0) leads.push((eb) => eb(column, '=', value));
      // coalesce keeps the planner from taking this column's index instead of the leading one.
      else rest.push((eb) => eb(eb.fn.coalesce(column, eb.val('')), '=', value));
    }
    if (result !== undefined && result !== 'ok') (leads.length === 0 ? leads : rest).push(failed);
    if (result !== undefined && result !== 'failed') rest.push((eb) => eb('result', '=', result));
    if (q !== undefined) rest.push(textFits(q, like));
    return { lead: leads, rest };
  };

// Written out, not a parameter: only so does the planner see that the partial index holds these rows.
const failed: Where = (eb) => eb('result', '<>', sql.lit('ok'));

export const needsWindow = (filter: AuditFilter): boolean => conditionsWith('like')(filter).rest.length > 0;

const SEARCHED = ['action', 'actor_name', 'actor_id', 'target', 'result', 'before', 'after', 'ip', 'request_id'] as const;

/** LIKE folds the case of ASCII only; for other letters the usual spellings are tried. */
function textFits(q: string, like: Like): Where {
  const capital = q.slice(0, 1).toUpperCase() + q.slice(1).toLowerCase();
  const spellings = /^[\x20-\x7e]*$/.test(q) ? [q] : [...new Set([q, q.toLowerCase(), q.toUpperCase(), capital])];
  const patterns = spellings.map((text) => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
  return (eb) =>
    eb.or(SEARCHED.flatMap((column) => patterns.map((pattern) => sql<SqlBool>`${eb.ref(column)} ${sql.raw(like)} ${pattern} escape '\\'`)));
}
