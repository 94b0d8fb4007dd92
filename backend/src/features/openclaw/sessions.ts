import * as z from 'zod/mini';
import { setTimeout as delay } from 'node:timers/promises';
import type { Session, SessionMessage, SessionUsage } from '@clawmoor/shared/openclaw-sessions.ts';
import type { GatewayCall, Gateways } from '../../lib/gateway.ts';
import { messageNotFound, sessionNotFound } from './sessions.problems.ts';
import { messageOf, WireMessage } from './session-message.ts';
import { clip, isRefusal, timeOf, understand } from './understand.ts';

const Row = z.object({
  key: z.string(),
  agentId: z.optional(z.nullable(z.string())),
  displayName: z.optional(z.nullable(z.string())),
  label: z.optional(z.nullable(z.string())),
  derivedTitle: z.optional(z.nullable(z.string())),
  lastMessagePreview: z.optional(z.nullable(z.string())),
  channel: z.optional(z.nullable(z.string())),
  model: z.optional(z.nullable(z.string())),
  hasActiveRun: z.optional(z.boolean()),
  abortedLastRun: z.optional(z.boolean()),
  createdAt: z.optional(z.nullable(z.number())),
  startedAt: z.optional(z.nullable(z.number())),
  updatedAt: z.optional(z.nullable(z.number())),
  lastInteractionAt: z.optional(z.nullable(z.number())),
  snapshotAt: z.optional(z.nullable(z.number())),
  totalTokens: z.optional(z.nullable(z.number())),
  contextTokens: z.optional(z.nullable(z.number())),
  estimatedCostUsd: z.optional(z.nullable(z.number())),
});
const Page = z.object({
  sessions: z.array(Row),
  totalCount: z.optional(z.number()),
  nextOffset: z.optional(z.nullable(z.int())),
});
const Described = z.object({ session: z.nullable(Row) });
const History = z.object({ messages: z.array(WireMessage), nextOffset: z.optional(z.nullable(z.int())), sessionInfo: z.optional(Row) });
const OneMessage = z.object({ message: z.optional(z.nullable(WireMessage)) });
const Aborted = z.object({ abortedRunId: z.optional(z.nullable(z.string())), status: z.optional(z.string()) });
const Compacted = z.object({ compacted: z.optional(z.boolean()), reason: z.optional(z.nullable(z.string())) });
const Deleted = z.object({ deleted: z.optional(z.boolean()) });
const count = z._default(z.number(), 0);
const Usage = z.object({
  startDate: z.optional(z.string()),
  endDate: z.optional(z.string()),
  totals: z.object({ input: count, output: count, cacheRead: count, cacheWrite: count, totalTokens: count, totalCost: count }),
  cacheStatus: z.optional(z.object({ status: z.optional(z.string()) })),
});

// A page stays far below the gateway's frame of 25 MiB, however long the conversation is.
const PAGE_BYTES = 512 * 1024;
const TEXT_CHARACTERS = 20_000;
const COUNTED_WITHIN_MS = 5_000;
const MINUTE_MS = 60_000;
// Summing up asks the model.
const COMPACT_WITHIN_MS = 120_000;

export type Who = GatewayCall['as'];
export interface OfServer {
  serverId: string;
  as: Who;
  signal: AbortSignal;
}

export interface SessionFilter {
  agentId?: string | undefined;
  search?: string | undefined;
  activeOnly: boolean;
  stuckAfterMinutes: number;
  cursor?: string | undefined;
  limit: number;
}

export interface SessionPage {
  sessions: Session[];
  total: number | null;
  nextCursor: string | null;
}

/** The conversations of a gateway; one call, whatever their number. */
export function createSessions(gateways: Gateways) {
  const ask = ({ serverId, as, signal }: OfServer, method: string, params: Record<string, unknown>, timeoutMs?: number): Promise<unknown> =>
    gateways.request(serverId, { method, params, as, signal, ...(timeoutMs !== undefined && { timeoutMs }) });

  async function describe(of: OfServer, key: string): Promise<z.output<typeof Row>> {
    const { session } = understand(Described, await ask(of, 'sessions.describe', { key }), 'a conversation');
    if (!session) throw sessionNotFound();
    return session;
  }

  return {
    async list(of: OfServer, filter: SessionFilter): Promise<SessionPage> {
      const { agentId, search, activeOnly, stuckAfterMinutes, cursor, limit } = filter;
      const payload = await ask(of, 'sessions.list', {
        limit,
        offset: Number(cursor ?? 0),
        includeDerivedTitles: true,
        includeLastMessage: true,
        ...(agentId !== undefined && { agentId }),
        ...(search !== undefined && search !== '' && { search }),
        ...(activeOnly && { activeOnly }),
      });
      const page = understand(Page, payload, 'a list of conversations');
      return {
        sessions: page.sessions.slice(0, limit).map((row) => sessionOf(row, stuckAfterMinutes)),
        total: page.totalCount ?? null,
        nextCursor: cursorOf(page.nextOffset),
      };
    },
    async read(
      of: OfServer,
      key: string,
      { cursor, limit, stuckAfterMinutes }: { cursor?: string | undefined; limit: number; stuckAfterMinutes: number },
    ) {
      const session = await describe(of, key);
      const offset = Number(cursor ?? 0);
      const payload = await ask(of, 'chat.history', {
        sessionKey: key,
        limit,
        maxBytes: PAGE_BYTES,
        maxChars: TEXT_CHARACTERS,
        ...(offset > 0 && { offset }),
      });
      const history = understand(History, payload, 'a conversation');
      return {
        // What `describe` leaves out: whether a turn is under way.
        session: sessionOf({ ...session, ...history.sessionInfo, key: session.key }, stuckAfterMinutes),
        messages: history.messages.slice(-limit).map((message) => messageOf(message, TEXT_CHARACTERS)),
        nextCursor: cursorOf(history.nextOffset),
      };
    },
    async message(of: OfServer, key: string, messageId: string): Promise<SessionMessage> {
      const payload = await ask(of, 'chat.message.get', { sessionKey: key, messageId }).catch((error: unknown) => {
        throw isRefusal(error, /not found|no such|unknown/i) ? messageNotFound() : error;
      });
      const { message } = understand(OneMessage, payload, 'a message');
      if (!message) throw messageNotFound();
      return messageOf(message, Number.POSITIVE_INFINITY);
    },
    async remove(of: OfServer, key: string): Promise<void> {
      const { deleted } = understand(Deleted, await ask(of, 'sessions.delete', { key }), 'an end');
      if (deleted === false) throw sessionNotFound();
    },
    async abort(of: OfServer, key: string): Promise<boolean> {
      await describe(of, key);
      const { abortedRunId, status } = understand(Aborted, await ask(of, 'sessions.abort', { key, clearQueued: true }), 'an end');
      return Boolean(abortedRunId) || (status !== undefined && status !== 'no-active-run');
    },
    async reset(of: OfServer, key: string): Promise<void> {
      await describe(of, key); // the gateway would make one
      await ask(of, 'sessions.reset', { key, reason: 'reset' });
    },
    async compact(of: OfServer, key: string): Promise<{ compacted: boolean; reason: string | null }> {
      await describe(of, key);
      const payload = await ask(of, 'sessions.compact', { key }, COMPACT_WITHIN_MS);
      const { compacted = false, reason } = understand(Compacted, payload, 'a result');
      return { compacted, reason: clip(reason, 300) };
    },
    /** The gateway counts in the background: asked again for up to 5 s until it has. */
    async usage(of: OfServer, key: string): Promise<SessionUsage> {
      await describe(of, key);
      const endAt = performance.now() + COUNTED_WITHIN_MS;
      for (;;) {
        const usage = understand(Usage, await ask(of, 'sessions.usage', { key }), 'a usage');
        const counting = usage.cacheStatus?.status === 'refreshing';
        if (!counting || performance.now() > endAt) return usageOf(usage, counting);
        await delay(300, undefined, { signal: of.signal });
      }
    },
  };
}

const cursorOf = (offset: number | null | undefined): string | null => (offset && offset > 0 ? String(offset) : null);

function sessionOf(row: z.output<typeof Row>, stuckAfterMinutes: number): Session {
  const running = row.hasActiveRun ?? false;
  // The gateway's own clock on both sides: ours may differ from the server's.
  const now = row.snapshotAt ?? Date.now();
  const lastHeard = Math.max(row.updatedAt ?? 0, row.startedAt ?? 0, row.lastInteractionAt ?? 0);
  return {
    key: row.key.slice(0, 512),
    agentId: clip(row.agentId, 64),
    title: clip(row.displayName ?? row.label ?? row.derivedTitle, 128),
    preview: clip(row.lastMessagePreview, 300),
    channel: clip(row.channel, 64),
    model: clip(row.model, 256),
    running,
    stuck: running && now - lastHeard >= stuckAfterMinutes * MINUTE_MS,
    lastRunAborted: row.abortedLastRun ?? false,
    createdAt: timeOf(row.createdAt),
    updatedAt: timeOf(row.updatedAt),
    tokens: typeof row.totalTokens === 'number' ? { total: row.totalTokens, limit: row.contextTokens ?? null } : null,
    costUsd: row.estimatedCostUsd ?? null,
  };
}

function usageOf({ startDate, endDate, totals }: z.output<typeof Usage>, counting: boolean): SessionUsage {
  const { input, output, cacheRead, cacheWrite, totalTokens, totalCost } = totals;
  const days = { from: clip(startDate, 10), to: clip(endDate, 10) };
  return { ...days, input, output, cacheRead, cacheWrite, total: totalTokens, costUsd: totalCost, counting };
}
