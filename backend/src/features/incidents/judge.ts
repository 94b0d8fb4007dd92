import type { NoticeKind } from '@clawmoor/shared/notice.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { redact, visible } from '../../lib/hostile-text.ts';
import type { MakeId } from '../../lib/id.ts';
import type { Audience, Notice } from '../../lib/notice.ts';
import type { IncidentRow, IncidentsStore } from './incidents.store.ts';
import type { Finding } from './rule.ts';

/** What came back this soon is the same trouble, in the same message: it flaps. */
const SAME_WITHIN_MS = 10 * 60_000;
/** Each return doubles how long it must stay away, up to 16 times as long. */
const MOST_DAMPING = 4;

export interface Verdict {
  /** `null`: the installation itself. */
  serverId: string | null;
  serverName: string | undefined;
  kind: NoticeKind;
  /** What stands now. */
  findings: Finding[];
  tells: Role;
  confirm: number;
  clear: number;
  /** It is not watched any more: what is open ends at once. */
  off?: boolean;
}

interface Standing {
  row: IncidentRow | undefined;
  seen: number;
  away: number;
}

export interface JudgeParts {
  store: IncidentsStore;
  clock: Clock;
  makeId: MakeId;
  /** Something was written that is to be told, or shown. */
  onChange: (row: IncidentRow, serverName: string | undefined) => void;
}

export type Judge = ReturnType<typeof createJudge>;

/** Makes incidents of findings: they open after enough looks, change, and resolve after enough looks without them. */
export function createJudge({ store, clock, makeId, onChange }: JudgeParts) {
  // By server, kind and what it is about; what is open in the database is here as well.
  const standings = new Map<string, Map<string, Standing>>();
  const placeOf = (serverId: string | null, kind: string): string => `${serverId ?? ''} ${kind}`;

  async function step(verdict: Verdict, row: IncidentRow, what: 'opened' | 'changed' | 'returned' | 'resolved'): Promise<void> {
    const event = { at: clock.now(), what, severity: row.severity, who: null, facts: row.facts };
    const phase = what === 'returned' ? 'changed' : what;
    await store.write({ row, event, notice: noticeOf(row, { ...verdict, phase, at: event.at }) });
    onChange(row, verdict.serverName);
  }

  async function open(verdict: Verdict, { about, severity, stage = '', facts }: Finding): Promise<IncidentRow> {
    const now = clock.now();
    const { serverId, kind } = verdict;
    const same = { server_id: serverId, kind, about };
    const told = { severity, stage, facts: JSON.stringify(facts), changed_at: now };
    const earlier = await store.lately(same, now - SAME_WITHIN_MS);
    const row: IncidentRow = earlier
      ? { ...earlier, ...told, state: 'open', resolved_at: null, returned: earlier.returned + 1 }
      : {
          id: makeId('inc'),
          ...same,
          ...told,
          state: 'open',
          opened_at: now,
          resolved_at: null,
          returned: 0,
          acknowledged_at: null,
          acknowledged_by: null,
        };
    await step(verdict, row, earlier ? 'returned' : 'opened');
    return row;
  }

  async function change(verdict: Verdict, row: IncidentRow, { severity, stage = '', facts }: Finding): Promise<IncidentRow> {
    const text = JSON.stringify(facts);
    if (severity === row.severity && stage === row.stage) {
      // Nobody is told of 91 % after 90 %; who looks sees it.
      if (text !== row.facts) await store.update(row.id, { facts: text });
      return { ...row, facts: text };
    }
    const changed = { ...row, severity, stage, facts: text, changed_at: clock.now() };
    await step(verdict, changed, 'changed');
    return changed;
  }

  async function resolve(verdict: Verdict, row: IncidentRow): Promise<void> {
    const now = clock.now();
    await step(verdict, { ...row, state: 'resolved', resolved_at: now, changed_at: now }, 'resolved');
  }

  const needed = ({ off, clear }: Verdict, { returned }: IncidentRow): number => (off ? 0 : clear * 2 ** Math.min(MOST_DAMPING, returned));

  return {
    /** Takes up what was open when the last process ended. */
    async begin(): Promise<void> {
      for (const row of await store.openOnes()) {
        const place = placeOf(row.server_id, row.kind);
        const known = standings.get(place) ?? new Map<string, Standing>();
        standings.set(place, known.set(row.about, { row, seen: 0, away: 0 }));
      }
    },
    /** What a rule's incidents are about that are open now. */
    openOf: (serverId: string | null, kind: NoticeKind): ReadonlySet<string> =>
      new Set([...(standings.get(placeOf(serverId, kind)) ?? [])].filter(([, { row }]) => row).map(([about]) => about)),
    async judge(verdict: Verdict): Promise<void> {
      const { serverId, kind, confirm } = verdict;
      const findings = verdict.findings.map(readable);
      const place = placeOf(serverId, kind);
      const known = standings.get(place) ?? new Map<string, Standing>();
      if (findings.length > 0) standings.set(place, known);
      for (const finding of findings) {
        const standing = known.get(finding.about) ?? { row: undefined, seen: 0, away: 0 };
        known.set(finding.about, standing);
        standing.seen += 1;
        standing.away = 0;
        if (standing.row) standing.row = await change(verdict, standing.row, finding);
        else if (standing.seen >= confirm) standing.row = await open(verdict, finding);
      }
      const found = new Set(findings.map(({ about }) => about));
      for (const [about, standing] of known) {
        if (found.has(about)) continue;
        standing.seen = 0;
        standing.away += 1;
        if (standing.row && standing.away < needed(verdict, standing.row)) continue;
        if (standing.row) await resolve(verdict, standing.row);
        known.delete(about);
      }
      if (known.size === 0) standings.delete(place);
    },
    /** Of a server that is gone nothing is left to resolve. */
    forget(serverId: string): void {
      for (const place of standings.keys()) if (place.startsWith(`${serverId} `)) standings.delete(place);
    },
    /** An open incident was acknowledged: what is written next keeps that. */
    put(row: IncidentRow): void {
      const standing = standings.get(placeOf(row.server_id, row.kind))?.get(row.about);
      if (standing?.row?.id === row.id) standing.row = row;
    },
  };
}

const LONGEST = 256;

/** Names of jobs, conversations and disks are somebody else's text: nothing hidden in it, no secret, and not too much of it. */
const readableText = (text: string): string => visible(redact(text)).slice(0, LONGEST);

const readable = (finding: Finding): Finding => ({
  ...finding,
  about: readableText(finding.about),
  facts: Object.fromEntries(
    Object.entries(finding.facts).map(([name, value]) => [name, typeof value === 'string' ? readableText(value) : value]),
  ),
});

interface Told extends Verdict {
  phase: Notice['phase'];
  at: number;
}

function noticeOf(row: IncidentRow, { serverId, serverName, kind, tells, phase, at }: Told): Notice {
  const audience: Audience = serverId === null ? { superAdmins: true } : { role: tells, serverId };
  const facts = JSON.parse(row.facts) as Notice['facts']; // written from a Finding's
  const open = phase !== 'resolved';
  return {
    subject: row.id,
    kind,
    severity: row.severity,
    phase,
    audience,
    ...(serverId !== null && {
      server: { id: serverId, name: serverName ?? '' },
      opens: kind === 'approval' ? `apr_${serverId}_${row.about}` : row.id,
    }),
    facts: row.returned > 0 ? { ...facts, returned: row.returned } : facts,
    ...(open && {
      // A command that the message cannot show whole is allowed only where it is seen whole: in the app.
      actions:
        kind === 'approval'
          ? facts['whole'] === 1
            ? ['allow_once', 'deny']
            : ['deny']
          : serverId === null
            ? ['acknowledge']
            : ['acknowledge', 'mute_server'],
    }),
    at,
  };
}
