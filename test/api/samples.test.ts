import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenDatabase } from '../../backend/src/lib/open-database.ts';
import { openTestStore } from '../support/store.ts';
import { monitorStore } from '../../backend/src/features/monitor/monitor.store.ts';
import { createSamples, type Samples } from '../../backend/src/features/monitor/samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 10, 24);
const SERVER = 'srv_0000000000000000000a';

describe('Samples', () => {
  let opened: OpenDatabase;
  let samples: Samples;
  let series: number;
  let now: number;
  const clock = { now: () => now, monotonic: () => now };

  beforeEach(async () => {
    now = START;
    opened = await openTestStore(':memory:', { clock });
    const row = { host: 'h', port: 22, username: 'u', public_key: null, tags: '[]', jump_host: null, jump_port: null, jump_username: null };
    await opened.db
      .insertInto('server')
      .values({ ...row, id: SERVER, name: 'ship', auth_method: 'key', state_at: null, created_at: now, updated_at: now })
      .execute();
    series = (await monitorStore(opened.db).ensure(SERVER))?.series ?? 0;
    samples = createSamples({ db: opened.db, clock });
  });
  afterEach(() => opened.close());

  /** A sample each minute from now on; the load counts up by a tenth. */
  async function pass(minutes: number, columns: object = {}): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      samples.add(series, now, { load: minute, cpu: 100, gateway: 1_000, ...columns });
      now += MINUTE_MS;
      if (minute % 60 === 59) await samples.flush();
    }
    await samples.flush();
  }
  const countOf = async (step: 1 | 10 | 60): Promise<number> =>
    (await opened.db.selectFrom('sample').select('minute').where('step', '=', step).execute()).length;

  it('are summed up by 10 minutes and by the hour, with their mean and their maximum', async () => {
    await pass(121);
    expect([await countOf(1), await countOf(10), await countOf(60)]).toEqual([121, 12, 2]);
    const hours = await opened.db.selectFrom('sample').selectAll().where('step', '=', 60).orderBy('minute').execute();
    expect(hours.map(({ load, load_max, cpu, cpu_max }) => [load, load_max, cpu, cpu_max])).toEqual([
      [30, 59, 100, 100],
      [90, 119, 100, 100],
    ]);
  });

  it('leave a hole as a hole, and read as wide as asked', async () => {
    await pass(10);
    now += 20 * MINUTE_MS;
    await pass(10);
    const { load, loadMax, cpu, stepSeconds, from } = await samples.read(SERVER, { from: START, to: START + 40 * MINUTE_MS, step: 600 });
    expect([stepSeconds, from]).toEqual([600, new Date(START).toISOString()]);
    expect(cpu).toEqual([10, null, null, 10]);
    expect(load).toEqual([0.5, null, null, 0.5]);
    expect(loadMax).toEqual([0.9, null, null, 0.9]);
  });

  it('that a crash left unsummed are summed up with the next one, and a second time changes nothing', async () => {
    await pass(25);
    await opened.db.deleteFrom('sample').where('step', '>', 1).execute(); // it ended before that
    samples = createSamples({ db: opened.db, clock });
    await pass(1);
    expect(await countOf(10)).toBe(2);
    samples = createSamples({ db: opened.db, clock });
    await pass(1);
    expect(await countOf(10)).toBe(2);
  });

  it('do not grow for ever: a day of minutes, 30 days of tens, a year of hours', async () => {
    await pass(3 * 24 * 60);
    expect(await countOf(1)).toBeLessThanOrEqual(24 * 60 + 10);
    now += 60 * DAY_MS;
    await pass(11);
    expect(await countOf(1)).toBe(11);
    expect(await countOf(10)).toBeLessThanOrEqual(3);
    now += 400 * DAY_MS;
    await pass(11);
    expect(await countOf(60)).toBeLessThanOrEqual(1);
  });

  it('go with their server', async () => {
    await pass(3);
    await opened.db.deleteFrom('server').execute();
    expect(await countOf(1)).toBe(0);
  });
});
