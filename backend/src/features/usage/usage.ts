import * as z from 'zod/mini';
import { setTimeout as delay } from 'node:timers/promises';
import type { Usage } from '@clawmoor/shared/openclaw-daily.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { askGateway, clip } from '../../lib/gateway-answer.ts';
import type { Gateways } from '../../lib/gateway.ts';

// The gateway counts beside the call; what it says meanwhile is old. A second is enough for some hundred sessions.
const TRIES = 6;
const TRY_EVERY_MS = 500;
// Adding up a year of sessions takes a gateway on a small machine its time.
const WITHIN_MS = 60_000;
const MOST_ROWS = 1_000;

const count = z._default(z.number(), 0);
const Totals = z.object({
  input: count,
  output: count,
  cacheRead: count,
  cacheWrite: count,
  totalTokens: count,
  totalCost: count,
  missingCostEntries: count,
});
const Answer = z.object({
  totals: Totals,
  aggregates: z.object({
    byAgent: z._default(z.array(z.object({ agentId: z.string(), totals: Totals })), []),
    byModel: z._default(z.array(z.object({ provider: z.nullish(z.string()), model: z.nullish(z.string()), count, totals: Totals })), []),
    daily: z._default(z.array(z.object({ date: z.string(), tokens: count, cost: count })), []),
  }),
  cacheStatus: z.nullish(z.object({ status: z.string() })),
});

export interface UsageQuestion {
  serverId: string;
  /** UTC days, `2026-11-24`, both included. */
  from: string;
  to: string;
  /** One agent only. */
  agentId?: string | null;
  as: Role | 'control';
  signal: AbortSignal;
}

/** Tokens and cost of a server. The gateway counts in the background: asked again until it is done, 3 s at most. */
export async function readUsage(gateways: Gateways, { serverId, from, to, agentId, as, signal }: UsageQuestion): Promise<Usage> {
  const scope = agentId ? { agentId } : { agentScope: 'all' };
  const params = { startDate: from, endDate: to, mode: 'utc', limit: 1, ...scope };
  for (let tries = 1; ; tries++) {
    const answer = await askGateway(gateways, serverId, {
      method: 'sessions.usage',
      params,
      as,
      answers: Answer,
      signal,
      timeoutMs: WITHIN_MS,
    });
    const complete = (answer.cacheStatus?.status ?? 'fresh') === 'fresh';
    if (complete || tries >= TRIES) return usageOf(answer, { from, to, complete });
    await delay(TRY_EVERY_MS, undefined, { signal });
  }
}

function usageOf({ totals, aggregates }: z.output<typeof Answer>, range: Pick<Usage, 'from' | 'to' | 'complete'>): Usage {
  const { input, output, cacheRead, cacheWrite } = totals;
  return {
    ...range,
    total: { ...cost(totals), input, output, cacheRead, cacheWrite },
    unpriced: totals.missingCostEntries,
    byAgent: aggregates.byAgent.slice(0, MOST_ROWS).map((row) => ({ agentId: row.agentId.slice(0, 128), ...cost(row.totals) })),
    byModel: aggregates.byModel
      .slice(0, MOST_ROWS)
      .map((row) => ({ provider: clip(row.provider, 128), model: clip(row.model, 256), answers: row.count, ...cost(row.totals) })),
    byDay: aggregates.daily
      .slice(-MOST_ROWS)
      .map((row) => ({ date: row.date.slice(0, 10), costUsd: row.cost, tokens: row.tokens }))
      .toSorted((a, b) => a.date.localeCompare(b.date)),
  };
}

const cost = ({ totalCost, totalTokens }: z.output<typeof Totals>) => ({ costUsd: totalCost, tokens: totalTokens });

const DAY_MS = 86_400_000;

/** The UTC day of a moment, as the gateway names it. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The last `days` days, today included. */
export const lastDays = (days: number, now: number): { from: string; to: string } => ({
  from: dayOf(now - (days - 1) * DAY_MS),
  to: dayOf(now),
});
