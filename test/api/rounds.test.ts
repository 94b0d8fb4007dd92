import { afterEach, describe, expect, it } from 'vitest';
import { createRounds, type Rounds, type Seen } from '../../backend/src/features/monitor/rounds.ts';
import { stepFor } from '../../backend/src/features/monitor/samples.ts';

const MINUTE_MS = 60_000;

/** Rounds on a clock that only moves when the test says so; each visit answers at once. */
function startRounds(seen: (at: number) => Seen = () => 'well') {
  let now = 1_000;
  const visits: { serverId: string; at: number }[] = [];
  const rounds: Rounds = createRounds({
    clock: { now: () => now, monotonic: () => now },
    everyMs: MINUTE_MS,
    visit: async (serverId) => seen(visits.push({ serverId, at: now }) - 1),
  });
  return {
    rounds,
    visits,
    async pass(ms: number) {
      for (const end = now + ms; now < end; now += 250) {
        rounds.tick();
        await new Promise(setImmediate);
      }
    },
  };
}
const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`);

describe('The rounds (R27)', () => {
  let open: Rounds | undefined;
  afterEach(() => open?.stop());

  it('visit everybody once a minute, spread over it', async () => {
    const { rounds, visits, pass } = startRounds();
    open = rounds;
    rounds.setServers(idsOf(200));
    await pass(MINUTE_MS + 500);
    expect(new Set(visits.map(({ serverId }) => serverId)).size).toBe(200);
    const perSecond = Map.groupBy(visits, ({ at }) => Math.floor(at / 1000));
    expect(Math.max(...[...perSecond.values()].map(({ length }) => length))).toBeLessThan(20);
    await pass(2 * MINUTE_MS);
    const times = Map.groupBy(visits, ({ serverId }) => serverId);
    for (const all of times.values()) {
      const gaps = all.slice(1).map(({ at }, index) => at - (all[index]?.at ?? 0));
      for (const gap of gaps) expect(Math.abs(gap - MINUTE_MS)).toBeLessThanOrEqual(10_500);
    }
  });

  it('visit who is down after 1, 1, 2, 4, 8, 15, 15 minutes, and every minute again when it is back', async () => {
    let isUp = false;
    const { rounds, visits, pass } = startRounds(() => (isUp ? 'well' : 'gone'));
    open = rounds;
    rounds.setServers(['s']);
    await pass(47 * MINUTE_MS);
    const gaps = visits.slice(1).map(({ at }, index) => Math.round((at - (visits[index]?.at ?? 0)) / MINUTE_MS));
    expect(gaps.slice(0, 6)).toEqual([1, 1, 2, 4, 8, 15]);
    isUp = true;
    await pass(20 * MINUTE_MS);
    const last = visits.slice(-3).map(({ at }) => at);
    expect(Math.round(((last[2] ?? 0) - (last[1] ?? 0)) / MINUTE_MS)).toBe(1);
  });

  it('see a doubt twice within two intervals, and do not come more often for its sake', async () => {
    const order: Seen[] = ['well', 'doubtful', 'doubtful', 'doubtful', 'well', 'doubtful'];
    const { rounds, visits, pass } = startRounds((at) => order[at] ?? 'well');
    open = rounds;
    rounds.setServers(['s']);
    await pass(8 * MINUTE_MS);
    const gaps = visits.slice(1).map(({ at }, index) => (at - (visits[index]?.at ?? 0)) / MINUTE_MS);
    const [toDoubt = 0, toProof = 0] = gaps;
    expect(toDoubt + toProof).toBeLessThan(2);
    // A quarter sooner for each new doubt, and else once a minute, but for the chance that spreads them.
    const wanted = [1, 0.75, 1, 1, 1, 0.75];
    expect(wanted.map((minutes, at) => Math.abs((gaps[at] ?? 0) - minutes) < 0.1)).toEqual(wanted.map(() => true));
  });

  it('cut short the visit of who is switched off, and never come again', async () => {
    let aborted = false;
    const rounds = createRounds({
      clock: { now: () => 0, monotonic: () => 0 },
      everyMs: MINUTE_MS,
      visit: (_serverId, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => ((aborted = true), resolve('gone')), { once: true })),
    });
    open = rounds;
    rounds.setServers(['s']);
    const visiting = rounds.visitNow('s');
    expect(rounds.setServers([])).toEqual(['s']);
    await visiting;
    expect(aborted).toBe(true);
    expect(rounds.standing()).toMatchObject({ servers: 0, running: 0 });
  });

  it('say how long somebody has waited, and that nothing moves', async () => {
    let now = 0;
    const rounds = createRounds({ clock: { now: () => now, monotonic: () => now }, everyMs: MINUTE_MS, visit: async () => 'well' });
    open = rounds;
    rounds.setServers(['s']);
    now = 5 * MINUTE_MS;
    const { overdueMs, silentMs } = rounds.standing();
    expect(overdueMs).toBeGreaterThanOrEqual(4 * MINUTE_MS);
    expect(silentMs).toBe(5 * MINUTE_MS);
  });

  const DAY = 24 * 60;
  it.each([
    ['an hour', { from: -60, wish: 1 }, { step: 1, wide: 1 }],
    ['a day', { from: -DAY, wish: 1 }, { step: 1, wide: 1 }],
    ['a day by 5 minutes', { from: -DAY, wish: 5 }, { step: 1, wide: 5 }],
    ['a week', { from: -7 * DAY, wish: 1 }, { step: 10, wide: 10 }],
    ['30 days', { from: -30 * DAY, wish: 1 }, { step: 10, wide: 30 }],
    ['a year', { from: -365 * DAY, wish: 1 }, { step: 60, wide: 360 }],
  ])('samples of %s come in steps that are still kept', (_what, { from, wish }, expected) => {
    expect(stepFor({ from, to: 0, now: 0, wish })).toEqual(expected);
  });
});
