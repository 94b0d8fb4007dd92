import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openDatabase } from '../../backend/src/adapters/sqlite/database.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { SUPER_ADMIN } from '../../test/support/world.ts';

/** Samples that one server has once a year is full: by the minute for a day, by 10 minutes for 30 days, by the hour for a year. */
export const SAMPLES_OF_A_SERVER = 1_440 + 4_320 + 8_760;

export interface Amounts {
  servers: number;
  auditRows: number;
  /** Of all servers together; the last one may have none. */
  samples: number;
}

const MINUTE_MS = 60_000;

/** A data folder as it would be after years: the real schema, and rows that SQL makes. Answers what the rows take, with their indexes. */
export async function fillData(
  dir: string,
  { servers, auditRows, samples }: Amounts,
): Promise<{ auditBytes: number; sampleBytes: number }> {
  const file = join(dir, 'clawmoor.db');
  await (await openDatabase(file, { clock: systemClock })).close();
  const db = new Database(file);
  db.pragma('synchronous = off');

  const now = Date.now();
  db.prepare(`INSERT INTO user (id, first_name, created_at, last_seen_at) VALUES (?, 'Olga', ?, ?)`).run(String(SUPER_ADMIN), now, now);
  const numbers = 'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)';
  db.prepare(
    `INSERT INTO server (id, name, host, port, username, auth_method, state, created_at, updated_at)
     ${numbers} SELECT printf('srv_%05d', i), 'server ' || i, '198.51.100.7', 22, 'root', 'generated', 'online', ?, ? FROM n`,
  ).run(servers, now, now);
  db.prepare(`INSERT INTO member (server_id, user_id, role, granted_at) SELECT id, ?, 'owner', ? FROM server`).run(
    String(SUPER_ADMIN),
    now,
  );
  db.prepare(`INSERT INTO monitoring (server_id) SELECT id FROM server ORDER BY id`).run();
  const bytes = (): number => Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
  const empty = bytes();
  if (auditRows > 0)
    db.prepare(
      `INSERT INTO audit (at, actor_id, actor_name, action, server_id, target, result, after, ip, request_id, previous_hash, hash)
       ${numbers} SELECT ? - (? - i) * 1000, CAST(i % 50 AS TEXT), 'Person ' || i % 50,
         CASE i % 4 WHEN 0 THEN 'server.change' WHEN 1 THEN 'server.test' WHEN 2 THEN 'task.cancel' ELSE 'auth.sign_in' END,
         printf('srv_%05d', i % ?), printf('srv_%05d', i % ?), CASE i % 5 WHEN 4 THEN 'ssh.timeout' ELSE 'ok' END,
         '{"name":"ship ' || i || '","port":22}', '203.0.113.5', 'req-' || i, printf('%064x', i), printf('%064x', i + 1) FROM n`,
    ).run(auditRows, now, auditRows, servers, servers);
  const logged = bytes();
  addSamples(db, Math.floor(now / MINUTE_MS), samples);
  const sampled = bytes();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { auditBytes: logged - empty, sampleBytes: sampled - logged };
}

function addSamples(db: Database.Database, minute: number, samples: number): void {
  const add = db.prepare(
    `INSERT INTO sample (series, step, minute, load, cpu, memory, disk, cpu_max, memory_max)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
     SELECT @series, @step, (@minute / @step - (@count - i)) * @step, i % 400, i % 1000, 300 + i % 50, 410, i % 1000 + 3, 360 FROM n`,
  );
  let left = samples;
  db.transaction(() => {
    for (let series = 1; left > 0; series += 1)
      for (const [step, most] of [
        [60, 8_760],
        [10, 4_320],
        [1, 1_440],
      ] as const) {
        const count = Math.min(left, most);
        if (count === 0) break;
        add.run({ series, step, minute, count });
        left -= count;
      }
  })();
}
