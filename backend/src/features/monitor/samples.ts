import type { Metrics } from '@clawmoor/shared/monitoring.ts';
import { MOST_POINTS } from '@clawmoor/shared/monitoring.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { SampleColumns } from '../../lib/tables-monitoring.ts';
import type { Database } from '../../lib/tables.ts';
import { backwards } from './monitor.problems.ts';
import { samplesStore, type SampleRow } from './samples.store.ts';

const MINUTE_MS = 60_000;
const DAY = 24 * 60;
/** How long each step is kept, in minutes: with it, the space that a server takes is bounded. */
const KEPT = { 1: DAY, 10: 30 * DAY, 60: 365 * DAY } as const;
// All servers' samples of this time go into one transaction: one wait for the disk instead of many.
const WRITE_EVERY_MS = 5_000;
const HOUR = 60;
const CARD_STEP = 5;

export type Samples = ReturnType<typeof createSamples>;

/**
 * What was measured, by the minute for a day, by 10 minutes for 30 days, by the hour for a year. A crash loses the last 5 s; what was
 * not summed up then is summed up with the next sample.
 */
export function createSamples({ db, clock }: { db: Database; clock: Clock }) {
  const store = samplesStore(db);
  let waiting: SampleRow[] = [];
  let writing: Promise<void> = Promise.resolve();
  // The 10 minutes that each series was last written in.
  const lastTens = new Map<number, number>();

  async function sumUp({ series, minute }: SampleRow): Promise<void> {
    const tens = Math.floor(minute / 10) * 10;
    if (lastTens.get(series) === tens) return;
    lastTens.set(series, tens);
    const hour = Math.floor(minute / HOUR) * HOUR;
    // What is written is whole, so the next piece begins behind it.
    const from10 = (await store.newest(series, 10)) ?? -10;
    await store.sumUp({ series, of: 1, into: 10, from: from10 + 10, to: tens });
    const from60 = (await store.newest(series, 60)) ?? -HOUR;
    await store.sumUp({ series, of: 10, into: 60, from: from60 + HOUR, to: hour });
    for (const step of [1, 10, 60] as const) await store.removeBefore(series, step, minute - KEPT[step]);
  }

  async function write(): Promise<void> {
    const rows = waiting;
    waiting = [];
    if (rows.length === 0) return;
    await store.add(rows);
    for (const row of rows) await sumUp(row);
  }
  const flush = (): Promise<void> => (writing = writing.then(write, write));

  return {
    add: (series: number, at: number, columns: Partial<SampleColumns>): void =>
      void waiting.push({ ...NOTHING, ...columns, series, step: 1, minute: Math.floor(at / MINUTE_MS) }),
    /** Writes what waits. */
    flush,
    async read(
      serverId: string,
      question: { from?: number | undefined; to?: number | undefined; step?: number | undefined },
    ): Promise<Metrics> {
      const now = clock.now();
      const to = Math.ceil((question.to ?? now) / MINUTE_MS);
      const wanted = Math.floor((question.from ?? to * MINUTE_MS - HOUR * MINUTE_MS) / MINUTE_MS);
      if (wanted >= to) throw backwards();
      const { step, wide } = stepFor({ from: wanted, to, now: now / MINUTE_MS, wish: Math.ceil((question.step ?? 60) / 60) });
      const from = Math.floor(wanted / wide) * wide;
      await flush();
      const rows = await store.read({ serverId, step, from, to, wide });
      return {
        from: iso(from * MINUTE_MS),
        to: iso(to * MINUTE_MS),
        stepSeconds: wide * 60,
        ...columnsOf(rows, Math.ceil((to - from) / wide)),
      };
    },
    /** The last hour of every server that a person may see, in steps of 5 minutes. */
    async lastHours(userId: string): Promise<Map<string, { cpu: (number | null)[]; memory: (number | null)[]; disk: number | null }>> {
      const now = clock.now();
      const from = Math.floor(now / MINUTE_MS) - HOUR + 1;
      const cards = new Map<string, { cpu: (number | null)[]; memory: (number | null)[]; disk: number | null }>();
      for (const row of await store.lastHours({ userId, now, from, wide: CARD_STEP })) {
        let card = cards.get(row.server_id);
        if (!card) cards.set(row.server_id, (card = { cpu: empty(HOUR / CARD_STEP), memory: empty(HOUR / CARD_STEP), disk: null }));
        if (row.at >= HOUR / CARD_STEP) continue; // a clock that was set back
        card.cpu[row.at] = tenth(row.cpu);
        card.memory[row.at] = tenth(row.memory);
        card.disk = tenth(row.disk) ?? card.disk;
      }
      return cards;
    },
    beginWriting(onFailure: (error: unknown) => void): { stop: () => Promise<void> } {
      const timer = setInterval(() => void flush().catch(onFailure), WRITE_EVERY_MS).unref();
      return {
        async stop() {
          clearInterval(timer);
          await flush().catch(onFailure);
        },
      };
    },
  };
}

/** The finest step that is still kept for the whole time, as wide as the number of points demands. */
export function stepFor({ from, to, now, wish }: { from: number; to: number; now: number; wish: number }): {
  step: 1 | 10 | 60;
  wide: number;
} {
  const age = now - from;
  const step = age <= KEPT[1] ? 1 : age <= KEPT[10] ? 10 : 60;
  const needed = Math.max(step, wish, Math.ceil((to - from) / (MOST_POINTS - 1)));
  return { step, wide: Math.ceil(needed / step) * step };
}

const NOTHING: SampleColumns = {
  load: null,
  cpu: null,
  memory: null,
  swap: null,
  disk: null,
  inodes: null,
  gateway: null,
  load_max: null,
  cpu_max: null,
  memory_max: null,
  swap_max: null,
  disk_max: null,
  inodes_max: null,
};

const tenth = (value: number | null | undefined): number | null => (typeof value === 'number' ? value / 10 : null);
const empty = (length: number): (number | null)[] => Array.from({ length }, () => null);

const COLUMNS = {
  load: 'load',
  loadMax: 'load_max',
  cpu: 'cpu',
  cpuMax: 'cpu_max',
  memory: 'memory',
  memoryMax: 'memory_max',
  swap: 'swap',
  swapMax: 'swap_max',
  disk: 'disk',
  diskMax: 'disk_max',
  inodes: 'inodes',
  inodesMax: 'inodes_max',
  gateway: 'gateway',
} as const satisfies Record<string, keyof SampleColumns>;

function columnsOf(rows: (SampleColumns & { at: number })[], length: number): Omit<Metrics, 'from' | 'to' | 'stepSeconds'> {
  const column = (name: keyof SampleColumns): (number | null)[] => {
    const values = empty(length);
    for (const row of rows) values[row.at] = tenth(row[name]);
    return values;
  };
  // `fromEntries` forgets the names; they are those of COLUMNS, whose type says so.
  return Object.fromEntries(Object.entries(COLUMNS).map(([name, stored]) => [name, column(stored)])) as Record<
    keyof typeof COLUMNS,
    (number | null)[]
  >;
}
