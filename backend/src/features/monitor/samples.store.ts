import { sql, type Insertable, type RawBuilder } from 'kysely';
import type { SampleColumns } from '../../lib/tables-monitoring.ts';
import type { Database, Tables } from '../../lib/tables.ts';

export type SampleRow = Insertable<Tables['sample']>;
type Step = 1 | 10 | 60;

const MEASURED = ['load', 'cpu', 'memory', 'swap', 'disk', 'inodes'] as const;

const each = (make: (name: (typeof MEASURED)[number]) => RawBuilder<unknown>): RawBuilder<unknown> => sql.join(MEASURED.map(make));

/** The mean and the maximum of each column; a minute's row is its own maximum. */
const SUMMED = sql`${each((name) => sql`CAST(round(avg(${sql.ref(name)})) AS INTEGER) AS ${sql.ref(name)}`)},
  CAST(round(avg(gateway)) AS INTEGER) AS gateway,
  ${each((name) => sql`max(coalesce(${sql.ref(`${name}_max`)}, ${sql.ref(name)})) AS ${sql.ref(`${name}_max`)}`)}`;
// SQLite takes what JavaScript sends for a fraction, and would divide it as one; PostgreSQL takes it for text.
const whole = (value: number): RawBuilder<number> => sql<number>`CAST(${value} AS INTEGER)`;
const NAMES = sql`${each((name) => sql.ref(name))}, gateway, ${each((name) => sql.ref(`${name}_max`))}`;

export function samplesStore(db: Database) {
  return {
    /** All of them in one transaction; one that is there already stays. */
    async add(rows: SampleRow[]): Promise<void> {
      await db.transaction().execute(async (trx) => {
        for (const row of rows)
          await trx
            .insertInto('sample')
            .values(row)
            .onConflict((conflict) => conflict.doNothing())
            .execute();
      });
    },
    newest: async (series: number, step: Step): Promise<number | undefined> =>
      (
        await db
          .selectFrom('sample')
          .select('minute')
          .where('series', '=', series)
          .where('step', '=', step)
          .orderBy('minute', 'desc')
          .limit(1)
          .executeTakeFirst()
      )?.minute,
    /** Sums up one step into the next longer one, from a time up to another; doing it again changes nothing. */
    sumUp: async ({ series, of, into, from, to }: { series: number; of: Step; into: Step; from: number; to: number }): Promise<void> => {
      await sql`INSERT INTO sample (series, step, minute, ${NAMES})
        SELECT ${whole(series)}, ${whole(into)}, minute / ${whole(into)} * ${whole(into)} AS start, ${SUMMED} FROM sample
        WHERE series = ${series} AND step = ${of} AND minute >= ${from} AND minute < ${to}
        GROUP BY start ON CONFLICT DO NOTHING`.execute(db);
    },
    removeBefore: (series: number, step: Step, minute: number) =>
      db.deleteFrom('sample').where('series', '=', series).where('step', '=', step).where('minute', '<', minute).execute(),
    /** From `from` up to `to`, summed up to `wide` minutes each. */
    async read(query: { serverId: string; step: Step; from: number; to: number; wide: number }) {
      const { serverId, step, from, to, wide } = query;
      const { rows } = await sql<SampleColumns & { at: number }>`
        SELECT (minute - ${whole(from)}) / ${whole(wide)} AS at, ${SUMMED} FROM sample
        WHERE series = (SELECT series FROM monitoring WHERE server_id = ${serverId})
          AND step = ${step} AND minute >= ${from} AND minute < ${to}
        GROUP BY at ORDER BY at`.execute(db);
      return rows;
    },
    /** Of all servers that a person may see: the minutes from `from` on, in steps of `wide`. */
    async lastHours({ userId, now, from, wide }: { userId: string; now: number; from: number; wide: number }) {
      const { rows } = await sql<{ server_id: string; at: number; cpu: number | null; memory: number | null; disk: number | null }>`
        SELECT member.server_id, (minute - ${whole(from)}) / ${whole(wide)} AS at,
          CAST(round(avg(cpu)) AS INTEGER) AS cpu, CAST(round(avg(memory)) AS INTEGER) AS memory, max(disk) AS disk
        FROM member
          JOIN monitoring ON monitoring.server_id = member.server_id
          JOIN sample ON sample.series = monitoring.series AND step = 1 AND minute >= ${from}
        WHERE member.user_id = ${userId} AND (member.expires_at IS NULL OR member.expires_at > ${now})
        GROUP BY member.server_id, at ORDER BY member.server_id, at`.execute(db);
      return rows;
    },
  };
}
