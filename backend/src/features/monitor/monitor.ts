import type { Monitoring } from '@clawmoor/shared/monitoring.ts';
import type { Logger } from 'pino';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Counters, Look } from '../../lib/look.ts';
import type { Database } from '../../lib/tables.ts';
import { lookAt, type Line, type LookParts } from './look.ts';
import { monitorStore } from './monitor.store.ts';
import { createGate } from '../../lib/gate.ts';
import { createRounds, type Seen } from './rounds.ts';
import { columnsOf, countersOf } from './measured.ts';
import { createSamples } from './samples.ts';
import { createSettings, settingsOf, type WatchSettings } from './settings.ts';

export interface MonitorParts extends LookParts {
  db: Database;
  clock: Clock;
  log: Logger;
  /** 0: nothing is looked at by itself. */
  everyMs: number;
  /** Hears of each look, with what the counters stood at before it. */
  onLook: (look: Look, settings: WatchSettings, before: Counters | undefined) => Promise<void>;
  /** The server is not watched any more. */
  onOff: (serverId: string) => Promise<void>;
}

// The pool makes 16 connections at once: people's must always find a place.
const CONNECT_AT_ONCE = 6;
const LIST_EVERY_MS = 15_000;
// Written for each look, it would be as much as all samples together.
const SEEN_EVERY_MS = 5 * 60_000;

interface Known {
  line: Line | undefined;
  counters: Counters | undefined;
  cpu: { busy: number; total: number; bootId: string } | undefined;
  last: Look | undefined;
  /** When its state was last written down as fresh. */
  seenAt: number;
}

export type Monitor = ReturnType<typeof createMonitor>;

/** Looks at every server that is switched on, keeps what was measured, and hands each look on. */
export function createMonitor({ db, log, everyMs, onLook, onOff, ...parts }: MonitorParts) {
  const { clock } = parts;
  const store = monitorStore(db);
  const settings = createSettings(store);
  const samples = createSamples({ db, clock });
  const known = new Map<string, Known>();
  const connecting = createGate(CONNECT_AT_ONCE);
  const done = { looks: 0, failed: 0 };
  let listing: NodeJS.Timeout | undefined;
  let writing: { stop: () => Promise<void> } | undefined;

  async function visit(serverId: string, signal: AbortSignal): Promise<Seen> {
    const row = await store.ensure(serverId);
    if (!row || row.enabled === 0) return 'gone';
    let one = known.get(serverId);
    if (!one)
      known.set(serverId, (one = { line: undefined, counters: countersIn(row.counters), cpu: undefined, last: undefined, seenAt: 0 }));
    const kept = one.line && !one.line.gone.aborted ? one.line : undefined;
    if (!kept) one.line?.release();
    const chosen = settingsOf(row);
    const stuckAfterMinutes = chosen.rules.stuck_session.minutes;
    const asked = (): ReturnType<typeof lookAt> => lookAt(parts, serverId, { line: kept, stuckAfterMinutes, signal });
    const { look, line } = await (kept ? asked() : connecting(asked));
    if (known.get(serverId) !== one) return (line?.release(), 'gone'); // forgotten meanwhile
    one.line = line;
    one.last = look;
    done.looks += 1;
    if (look.problem) done.failed += 1;
    const before = one.counters;
    if (look.host) {
      if (look.at - one.seenAt >= SEEN_EVERY_MS) await store.seen(serverId, (one.seenAt = look.at));
      samples.add(row.series, look.at, columnsOf(look, one.cpu));
      one.cpu = { ...look.host.cpu, bootId: look.host.bootId };
      one.counters = countersOf(look.host);
      if (JSON.stringify(before) !== JSON.stringify(one.counters)) await store.update(serverId, { counters: JSON.stringify(one.counters) });
    }
    await onLook(look, chosen, before);
    if (look.problem) return 'gone';
    return look.gateway?.answers === false ? 'doubtful' : 'well';
  }

  const rounds = createRounds({
    clock,
    everyMs: everyMs > 0 ? everyMs : 60_000,
    visit: (serverId, signal) =>
      visit(serverId, signal).catch((error: unknown): Seen => {
        if (!signal.aborted) log.warn({ err: error, serverId }, 'a look at a server came to nothing');
        return 'gone';
      }),
  });

  function forget(serverId: string): void {
    known.get(serverId)?.line?.release();
    known.delete(serverId);
  }

  /** Takes up who is new, lets go who is gone or switched off. */
  async function refresh(): Promise<void> {
    for (const serverId of rounds.setServers(await store.watched())) forget(serverId);
  }

  async function view(serverId: string): Promise<Monitoring> {
    const { enabled, rules } = await settings.read(serverId);
    const last = known.get(serverId)?.last;
    const dueIn = everyMs > 0 ? rounds.dueIn(serverId) : undefined;
    return {
      enabled,
      rules,
      lookedAt: last ? iso(last.at) : null,
      problem: last?.problem ?? null,
      nextLookAt: dueIn === undefined ? null : iso(clock.now() + dueIn),
    };
  }

  return {
    samples,
    view,
    /** Off means off: a look that is under way is cut short, the connection let go, open incidents end. */
    async change(serverId: string, changes: Parameters<typeof settings.change>[1]): Promise<Monitoring> {
      const { enabled } = await settings.change(serverId, changes);
      await refresh();
      if (!enabled) await onOff(serverId);
      return view(serverId);
    },
    settingsOf: settings.read,
    nameOf: store.nameOf,
    /** Looks now, out of turn. Nothing for a server that is switched off. */
    async lookNow(serverId: string): Promise<void> {
      await refresh();
      await rounds.visitNow(serverId);
    },
    lastLook: (serverId: string): Look | undefined => known.get(serverId)?.last,
    /** Its secrets or its pin changed, or it is gone: what was open to it is not ours any more. */
    forget,
    standing: () => ({ ...rounds.standing(), ...done, on: everyMs > 0 }),
    everyMs,
    async begin(): Promise<void> {
      if (everyMs === 0) return;
      const failed = (error: unknown): void => log.error({ err: error }, 'the monitor could not write');
      writing = samples.beginWriting(failed);
      await refresh();
      listing = setInterval(() => void refresh().catch(failed), LIST_EVERY_MS).unref();
      rounds.begin();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(listing);
      await rounds.stop();
      for (const serverId of known.keys()) forget(serverId);
      await writing?.stop();
    },
  };
}

function countersIn(text: string | null): Counters | undefined {
  // Written by `countersOf`, by this or an earlier version.
  return text === null ? undefined : (JSON.parse(text) as Counters);
}
