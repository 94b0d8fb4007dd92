import type { LogPage } from '@clawmoor/shared/openclaw-daily.ts';
import type { Timeline, TimelineEntry } from '@clawmoor/shared/incidents.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { incidentOf } from './incidents.ts';
import { noIncident } from './incidents.problems.ts';
import type { IncidentsStore } from './incidents.store.ts';

// What changed before it broke; and how it went on for a while.
const BEFORE_MS = 60 * 60_000;
const AFTER_MS = 10 * 60_000;
const MOST_MS = 24 * 60 * 60_000;
const MOST_OF_EACH = 200;
// Who reads the timeline of a server that is down waits for no more than this.
const ASK_WITHIN_MS = 8_000;
const LONGEST = 500;

export interface TimelineParts {
  store: IncidentsStore;
  clock: Clock;
  /** The last lines of the gateway's own log. */
  gatewayLog: (serverId: string, role: Role, signal: AbortSignal) => Promise<LogPage>;
  /** Lines of the journal of what keeps the gateway running; times in milliseconds. */
  journal: (serverId: string, range: { from: number; to: number }, signal: AbortSignal) => Promise<{ at: number; text: string }[]>;
}

/** Our incidents, tasks and audit, and what the gateway and the journal say of the time around an incident; oldest first. */
export function createTimeline({ store, clock, gatewayLog, journal }: TimelineParts) {
  async function ours(serverId: string, { from, to }: { from: number; to: number }, role: Role): Promise<TimelineEntry[]> {
    const [incidents, tasks, audit] = await Promise.all([
      store.incidentsAround(serverId, from, to, MOST_OF_EACH),
      store.tasksAround(serverId, from, to, MOST_OF_EACH),
      // What people did is shown to those who may act.
      role === 'viewer' ? [] : store.auditAround(serverId, from, to, MOST_OF_EACH),
    ]);
    return [
      ...incidents.map(({ at, what, who, severity, kind, about }) =>
        entry(at, 'incident', `${what}: ${kind}${about === '' ? '' : ` (${about})`}`, {
          who,
          level: what === 'resolved' || severity === 'info' ? 'info' : 'error',
        }),
      ),
      ...tasks.flatMap(({ id, type, state, created_at, finished_at, first_name }) => [
        entry(created_at, 'task', `${type}: started`, { who: first_name, taskId: id }),
        ...(finished_at === null
          ? []
          : [
              entry(finished_at, 'task', `${type}: ${state}`, {
                who: first_name,
                taskId: id,
                level: state === 'succeeded' ? 'info' : 'warning',
              }),
            ]),
      ]),
      ...audit.map(({ at, action, actor_name, result }) =>
        entry(at, 'audit', result === 'ok' ? action : `${action}: ${result}`, {
          who: actor_name,
          level: result === 'ok' ? 'info' : 'warning',
        }),
      ),
    ];
  }

  return async function timeline(id: string, { role, signal }: { role: Role; signal: AbortSignal }): Promise<Timeline> {
    const row = await store.get(id);
    if (!row) throw noIncident();
    const from = row.opened_at - BEFORE_MS;
    const to = Math.min(clock.now(), (row.resolved_at ?? clock.now()) + AFTER_MS, from + MOST_MS);
    const { server_id: serverId } = row;
    const missing: Timeline['missing'] = [];
    const entries: TimelineEntry[] = [];
    if (serverId === null) {
      const events = await store.eventsOf(id);
      entries.push(
        ...events.map(({ at, what, who, severity }) =>
          entry(at, 'incident', `${what}: ${row.kind}`, { who, level: severity === 'info' ? 'info' : 'error' }),
        ),
      );
    } else {
      const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
      const ask = async (source: 'gateway' | 'journal', asked: Promise<TimelineEntry[]>): Promise<TimelineEntry[]> => {
        try {
          return await asked;
        } catch (error) {
          signal.throwIfAborted();
          missing.push({ source, message: error instanceof Problem ? error.message : 'The server did not answer in time' });
          return [];
        }
      };
      const found = await Promise.all([
        ours(serverId, { from, to }, role),
        ask(
          'gateway',
          gatewayLog(serverId, role, within).then(({ lines }) => lines.flatMap(fromGateway)),
        ),
        ask(
          'journal',
          journal(serverId, { from, to }, within).then((lines) => lines.map(({ at, text }) => entry(at, 'journal', text, {}))),
        ),
      ]);
      entries.push(...found.flat());
    }
    const inTime = entries.filter(({ at }) => at >= iso(from) && at <= iso(to));
    return {
      incident: incidentOf(row),
      from: iso(from),
      to: iso(to),
      entries: inTime.toSorted((a, b) => a.at.localeCompare(b.at)),
      missing,
    };
  };
}

function entry(
  at: number,
  source: TimelineEntry['source'],
  what: string,
  { who = null, taskId = null, level = 'info' }: Partial<Pick<TimelineEntry, 'who' | 'taskId' | 'level'>>,
): TimelineEntry {
  return { at: iso(at), source, what: what.slice(0, LONGEST), who, taskId, level };
}

const LEVELS: Partial<Record<string, TimelineEntry['level']>> = { warn: 'warning', error: 'error', fatal: 'error' };

function fromGateway({ at, level, message }: LogPage['lines'][number]): TimelineEntry[] {
  const time = Date.parse(at ?? '');
  return Number.isNaN(time) ? [] : [entry(time, 'gateway', message, { level: LEVELS[level] ?? 'info' })];
}
