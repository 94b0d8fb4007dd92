import * as z from 'zod/mini';
import type { Logger } from 'pino';
import type { Approval } from '@clawmoor/shared/approvals.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Announce, Notice } from '../../lib/notice.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import { Problem } from '../../lib/problem.ts';
import type { Answered } from './approvals.ts';

export interface ApprovalNewsParts {
  listWaiting: (serverId: string, signal: AbortSignal) => Promise<Approval[]>;
  nameOf: (serverId: string) => Promise<string | undefined>;
  announce: Announce;
  /** What was announced of subjects that begin so and is not over. */
  openNotices: (prefix: string) => Promise<Notice[]>;
  clock: Clock;
  log: Logger;
}

const LIST_WITHIN_MS = 30_000;
// Whoever answers through us is named in the news; the gateway's own word that it is answered comes a moment earlier.
const OTHERS_AFTER_MS = 2_000;
const MOST_COMMAND = 1_500;

const Resolved = z.object({ id: z.string(), decision: z.nullish(z.string()) });

/** Announces each command that waits for an answer, and that it was answered, wherever that was. */
export function createApprovalNews({ listWaiting, nameOf, announce, openNotices, clock, log }: ApprovalNewsParts) {
  const inTurn = createTurns();
  const later = new Set<NodeJS.Timeout>();
  const stop = new AbortController();
  const prefixOf = (serverId: string): string => `approval:${serverId}:`;

  async function end(serverId: string, approvalId: string, outcome: { what: 'allowed' | 'denied' | 'expired'; by?: string | undefined }) {
    const subject = `${prefixOf(serverId)}${approvalId}`;
    const open = (await openNotices(subject)).find((notice) => notice.subject === subject);
    if (!open) return;
    const { what, by } = outcome;
    const facts = { ...open.facts, what, ...(by !== undefined && { by }) };
    await announce({ ...open, phase: 'resolved', facts, at: Math.max(clock.now(), open.at) });
  }

  /** What waits is announced; what does not wait any more is over. */
  async function reconcile(serverId: string): Promise<void> {
    const name = await nameOf(serverId);
    if (name === undefined) return;
    const waiting = await listWaiting(serverId, AbortSignal.any([stop.signal, AbortSignal.timeout(LIST_WITHIN_MS)]));
    const known = await openNotices(prefixOf(serverId));
    for (const approval of waiting) await announce(noticeOf(approval, { id: serverId, name }));
    const still = new Set(waiting.map(({ id }) => `${prefixOf(serverId)}${id}`));
    for (const { subject } of known)
      if (!still.has(subject)) await end(serverId, subject.slice(prefixOf(serverId).length), { what: 'expired' });
  }

  const noticeOf = (approval: Approval, server: { id: string; name: string }): Notice => ({
    subject: `${prefixOf(server.id)}${approval.id}`,
    kind: 'approval',
    severity: 'warning',
    phase: 'opened',
    audience: { role: 'admin', serverId: server.id },
    server,
    facts: {
      approvalId: approval.id,
      command: approval.command.slice(0, MOST_COMMAND),
      ...(approval.agentId !== null && { agent: approval.agentId }),
      ...(approval.cwd !== null && { cwd: approval.cwd }),
    },
    opens: server.id,
    // What is not shown whole is not decided here.
    actions: approval.clipped || approval.command.length > MOST_COMMAND ? [] : actionsOf(approval),
    at: approval.createdAt === null ? clock.now() : Date.parse(approval.createdAt),
  });

  const quietly = (serverId: string, work: () => Promise<void>): void => {
    void inTurn(serverId, work).catch((error: unknown) => {
      if (stop.signal.aborted) return;
      if (error instanceof Problem) log.info({ serverId, code: error.code }, 'what waits for an answer could not be read now');
      else log.error({ err: error, serverId }, 'approvals could not be announced');
    });
  };

  function wait(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      later.delete(timer);
      work();
    }, ms).unref();
    later.add(timer);
  }

  return {
    onNews(serverId: string, answered?: unknown): void {
      if (answered === undefined) return quietly(serverId, () => reconcile(serverId));
      const { data } = Resolved.safeParse(answered);
      if (!data) return quietly(serverId, () => reconcile(serverId));
      const what = data.decision === 'deny' ? 'denied' : data.decision?.startsWith('allow') ? 'allowed' : 'expired';
      wait(OTHERS_AFTER_MS, () => quietly(serverId, () => end(serverId, data.id, { what })));
    },
    /** It does not matter whether this can be said: the answer stands. */
    async onAnswered({ serverId, approvalId, decision, by }: Answered): Promise<void> {
      const what = decision === 'deny' ? 'denied' : 'allowed';
      await inTurn(serverId, () => end(serverId, approvalId, { what, by })).catch((error: unknown) =>
        log.error({ err: error, serverId }, 'an answer could not be announced'),
      );
    },
    stop(): void {
      stop.abort();
      for (const timer of later) clearTimeout(timer);
    },
  };
}

const actionsOf = ({ decisions }: Approval): NonNullable<Notice['actions']> => [
  ...(decisions.includes('allow-once') ? (['allow_once'] as const) : []),
  ...(decisions.includes('deny') ? (['deny'] as const) : []),
];
