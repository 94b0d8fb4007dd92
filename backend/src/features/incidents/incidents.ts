import { EventEmitter } from 'node:events';
import type { Incident } from '@clawmoor/shared/incidents.ts';
import type { WatchedRules, WatchedServer } from '@clawmoor/shared/monitoring.ts';
import { SEVERITIES } from '@clawmoor/shared/notice.ts';
import type { Logger } from 'pino';
import { iso, type Clock } from '../../lib/clock.ts';
import type { MakeId } from '../../lib/id.ts';
import type { Counters, Look } from '../../lib/look.ts';
import type { Announce } from '../../lib/notice.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import type { Database } from '../../lib/tables.ts';
import { alreadyResolved, noIncident } from './incidents.problems.ts';
import { incidentsStore, type IncidentRow, type NamedIncident } from './incidents.store.ts';
import { createJudge } from './judge.ts';
import type { Finding, Newest, Reading, Rule } from './rule.ts';
import { rules as allRules } from './rules/list.ts';
import { createTeller } from './teller.ts';

const READINGS = 20;
const MOST_FINDINGS = 50;

export interface IncidentsParts {
  db: Database;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  announce: Announce;
  /** Somebody looks after it: whoever was told of it is told that. */
  onAcknowledged?: (id: string, name: string) => Promise<void>;
  /** The newest OpenClaw, as far as it is known now. */
  newest: () => Newest | undefined;
  rules?: readonly Rule[];
}

export type Incidents = ReturnType<typeof createIncidents>;

/** What is wrong, from when to when, and who was told of it. */
export function createIncidents({ db, clock, makeId, log, announce, newest, onAcknowledged, rules = allRules }: IncidentsParts) {
  const store = incidentsStore(db);
  const bell = new EventEmitter().setMaxListeners(0);
  const teller = createTeller({ store, announce, log });
  const judge = createJudge({
    store,
    clock,
    makeId,
    onChange(row, serverName) {
      bell.emit('incident', incidentOf({ ...row, server_name: serverName ?? null }));
      void teller.ring();
    },
  });
  const histories = new Map<string, Reading[]>();
  // Looks at a server and switching it off must not overtake each other.
  const inTurn = createTurns();

  function historyWith({ serverId, at, host }: Look, before: Counters | undefined): Reading[] {
    const earlier = histories.get(serverId) ?? (before ? [{ ...before, at }] : []);
    if (!host) return earlier;
    const reading = { at, bootId: host.bootId, oomKills: host.oomKills ?? null, restarts: host.service?.restarts ?? null };
    const history = [...earlier, reading].slice(-READINGS);
    histories.set(serverId, history);
    return history;
  }

  async function mustGet(id: string): Promise<NamedIncident> {
    const row = await store.get(id);
    if (!row) throw noIncident();
    return row;
  }

  return {
    store,
    teller,
    begin: async (): Promise<void> => {
      await judge.begin();
      await teller.ring();
    },
    /** Holds a look against every rule. */
    take: (look: Look, settings: WatchedRules, before: Counters | undefined): Promise<void> =>
      inTurn(look.serverId, async () => {
        const { serverId } = look;
        const history = historyWith(look, before);
        const [serverName, budgets, working, held] = await Promise.all([
          store.nameOf(serverId),
          store.budgetsOf(serverId),
          store.isWorkedOn(serverId),
          store.heldOn(serverId),
        ]);
        if (serverName === undefined) return; // it was deleted meanwhile
        const seen = { look, rules: settings, history, newest: newest(), working, held, budgets: budgets.map(budgetFacts) };
        for (const rule of rules) {
          const { kind, tells, confirm, clear, find } = rule;
          const { enabled } = settings[kind];
          const findings = enabled ? find(seen, judge.openOf(serverId, kind)) : [];
          if (!findings) continue;
          const of = { serverId, serverName, kind, tells, confirm: confirm(settings), clear, off: !enabled };
          await judge.judge({ ...of, findings: findings.slice(0, MOST_FINDINGS) });
        }
      }),
    /** What stands, told by somebody who knows at once and for sure: an approval that waits, the installation's backups. */
    report: (of: { serverId: string | null; kind: 'approval' | 'backup'; findings: Finding[] }): Promise<void> =>
      inTurn(of.serverId ?? '', async () => {
        const serverName = of.serverId === null ? undefined : await store.nameOf(of.serverId);
        if (of.serverId !== null && serverName === undefined) return;
        await judge.judge({ ...of, findings: of.findings.slice(0, MOST_FINDINGS), serverName, tells: 'admin', confirm: 1, clear: 1 });
      }),
    /** The server is not watched any more: nothing about it stays open. */
    endAllOf: (serverId: string): Promise<void> =>
      inTurn(serverId, async () => {
        const serverName = await store.nameOf(serverId);
        histories.delete(serverId);
        for (const { kind, tells, clear } of rules)
          await judge.judge({ serverId, serverName, kind, tells, confirm: 1, clear, findings: [], off: true });
      }),
    forget(serverId: string): void {
      histories.delete(serverId);
      judge.forget(serverId);
    },
    get: async (id: string): Promise<Incident> => incidentOf(await mustGet(id)),
    /** `null`: of the installation. `undefined`: there is none. */
    serverOf: async (id: string): Promise<string | null | undefined> => (await store.get(id))?.server_id,
    /** Throws `incident.resolved`. The second who does it changes nothing. */
    async acknowledge(id: string, by: { userId: string; name: string }): Promise<Incident> {
      const { server_id } = await mustGet(id);
      return inTurn(server_id ?? '', async () => {
        const { server_name, ...row } = await mustGet(id);
        if (row.state === 'resolved') throw alreadyResolved();
        if (row.acknowledged_at !== null) return incidentOf({ ...row, server_name });
        const now = clock.now();
        const changed: IncidentRow = { ...row, acknowledged_at: now, acknowledged_by: by.name };
        const event = { at: now, what: 'acknowledged', severity: row.severity, who: by.name, facts: row.facts } as const;
        await store.write({ row: changed, event, notice: undefined });
        judge.put(changed);
        const view = incidentOf({ ...changed, server_name });
        bell.emit('incident', view);
        await onAcknowledged?.(id, by.name);
        return view;
      });
    },
    /** By server: how many are open that a person may see, and the worst, which stands longest among its equals. */
    async openFor(userId: string): Promise<Map<string, Pick<WatchedServer, 'open' | 'worst'>>> {
      const byServer = new Map<string, Pick<WatchedServer, 'open' | 'worst'>>();
      for (const { id, kind, severity, server_id } of await store.openFor(userId, clock.now())) {
        const { open, worst } = byServer.get(server_id ?? '') ?? { open: 0, worst: null };
        const isWorse = !worst || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(worst.severity);
        byServer.set(server_id ?? '', { open: open + 1, worst: isWorse ? { id, kind, severity } : worst });
      }
      return byServer;
    },
    async list(question: {
      serverIds: (string | null)[];
      state: 'open' | 'resolved' | undefined;
      cursor: string | undefined;
      limit: number;
    }) {
      const { serverIds, state, cursor, limit } = question;
      const [at, ...id] = (cursor ?? '').split('.');
      const before = cursor === undefined ? { at: Number.MAX_SAFE_INTEGER, id: '' } : { at: Number(at) || 0, id: id.join('.') };
      const rows = await store.page({ serverIds, state, before, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { incidents: page.map(incidentOf), nextCursor: rows.length > limit && last ? `${last.opened_at}.${last.id}` : null };
    },
    bell,
  };
}

const budgetFacts = ({
  id,
  agent_id,
  reached,
  spent_usd,
  limit_usd,
}: {
  id: string;
  agent_id: string | null;
  reached: number;
  spent_usd: number | null;
  limit_usd: number;
}) => ({
  id,
  agentId: agent_id,
  reached,
  spentUsd: spent_usd,
  limitUsd: limit_usd,
});

/** A viewer sees incidents, but no command that waits: that is for who may answer it, and stands in the approvals. */
function shownFacts({ kind, facts }: NamedIncident): Incident['facts'] {
  const { command, ...others } = JSON.parse(facts) as Incident['facts']; // written from a Finding's
  return kind === 'approval' || command === undefined ? others : { ...others, command };
}

export const incidentOf = (row: NamedIncident): Incident => ({
  id: row.id,
  serverId: row.server_id,
  serverName: row.server_name,
  kind: row.kind,
  about: row.about,
  severity: row.severity,
  state: row.state,
  facts: shownFacts(row),
  openedAt: iso(row.opened_at),
  changedAt: iso(row.changed_at),
  resolvedAt: row.resolved_at === null ? null : iso(row.resolved_at),
  returned: row.returned,
  acknowledgedAt: row.acknowledged_at === null ? null : iso(row.acknowledged_at),
  acknowledgedBy: row.acknowledged_by,
});
