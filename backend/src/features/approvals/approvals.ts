import * as z from 'zod/mini';
import type { Approval } from '@clawmoor/shared/approvals.ts';
import type { Clock } from '../../lib/clock.ts';
import { askGateway, refusedWith } from '../../lib/gateway-answer.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { Database } from '../../lib/tables.ts';
import { approvalOf, WireApproval } from './approval.ts';
import { alreadyResolved, noApproval } from './approvals.problems.ts';
import { approvalsStore } from './approvals.store.ts';
import type { Watcher, WatchState } from './watcher.ts';

// Who looks at the inbox waits for the slowest server. One that is silent is named instead; connecting to it goes on, for the next look.
const SERVER_WITHIN_MS = 2_000;

const Waiting = z.array(z.unknown());
const Resolved = z.object({
  applied: z.boolean(),
  approval: z.object({
    decision: z.nullish(z.string()),
    status: z.nullish(z.string()),
    resolver: z.nullish(z.object({ id: z.nullish(z.string()) })),
  }),
});

interface ServerVerdict {
  serverId: string;
  name: string;
  ok: boolean;
  code: string | null;
  message: string | null;
  watch: WatchState;
}

export interface ApprovalsParts {
  gateways: Gateways;
  db: Database;
  clock: Clock;
  watcher: Watcher;
  /** Answered here, by whom. */
  onAnswered?: (answer: Answered) => Promise<void>;
}

export interface Answered {
  serverId: string;
  approvalId: string;
  decision: 'allow-once' | 'deny';
  /** As people call them. */
  by: string | undefined;
}

export type Approvals = ReturnType<typeof createApprovals>;

/** The commands that agents want to run and that wait for a person's answer. */
export function createApprovals({ gateways, db, clock, watcher, onAnswered = async () => {} }: ApprovalsParts) {
  const store = approvalsStore(db);

  /** With the gateway's admin scope: it shows approvals to no lesser one. The routes ask for the role admin. */
  async function list(serverId: string, signal: AbortSignal): Promise<Approval[]> {
    const waiting = await askGateway(gateways, serverId, { method: 'exec.approval.list', as: 'control', answers: Waiting, signal });
    return waiting.map((one) => WireApproval.safeParse(one)).flatMap(({ success, data }) => (success ? [approvalOf(data, serverId)] : []));
  }

  return {
    async list(serverId: string, signal: AbortSignal): Promise<{ approvals: Approval[]; watch: WatchState }> {
      return { approvals: await list(serverId, signal), watch: watcher.stateOf(serverId) };
    },
    /** Of all servers on which the person may answer; what a server does wrong is its own verdict. */
    async listAll(userId: string, signal: AbortSignal): Promise<{ approvals: Approval[]; servers: ServerVerdict[] }> {
      const servers = await store.serversOf(userId, clock.now());
      // All at once: behind a few silent ones, nobody else would be heard in time.
      const within = AbortSignal.any([signal, AbortSignal.timeout(SERVER_WITHIN_MS)]);
      const asked = servers.map(async ({ id, name }) => {
        const verdict = { serverId: id, name, watch: watcher.stateOf(id) };
        try {
          return { approvals: await list(id, within), verdict: { ...verdict, ok: true, code: null, message: null } };
        } catch (error) {
          signal.throwIfAborted();
          return { approvals: [], verdict: { ...verdict, ok: false, ...reasonOf(error) } };
        }
      });
      const found = await Promise.all(asked);
      const approvals = found.flatMap((one) => one.approvals).toSorted((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
      return { approvals, servers: found.map(({ verdict }) => verdict) };
    },
    /** Throws `approval.already_resolved` to all but the first, `approval.not_found`. */
    async resolve(
      serverId: string,
      approvalId: string,
      { decision, signal, by }: { decision: 'allow-once' | 'deny'; signal: AbortSignal; by?: string },
    ): Promise<void> {
      const params = { id: approvalId, kind: 'exec', decision };
      const call = { method: 'approval.resolve', params, as: 'control', answers: Resolved, signal } as const;
      const { applied, approval } = await askGateway(gateways, serverId, call).catch((error: unknown) => {
        if (refusedWith(error, /approval not found|unknown or expired/i)) throw noApproval();
        throw refusedWith(error, /already resolved/i) ? alreadyResolved('it is answered already') : error;
      });
      if (!applied) throw alreadyResolved(howItEnded(approval));
      await onAnswered({ serverId, approvalId, decision, by });
    },
    async watch(serverId: string, enabled: boolean, by: string): Promise<void> {
      if (enabled) await store.watch(serverId, by, clock.now());
      else await store.unwatch(serverId);
      watcher.set(serverId, enabled);
    },
    /** Takes up the watching of the last process. */
    async begin(): Promise<void> {
      for (const serverId of await store.watched()) watcher.set(serverId, true);
    },
  };
}

function howItEnded({ decision, status }: z.output<typeof Resolved>['approval']): string {
  if (decision === 'deny') return 'it was denied';
  if (decision?.startsWith('allow')) return 'it was allowed';
  return status === 'expired' ? 'its time has passed' : 'it is answered already';
}

const reasonOf = (error: unknown): { code: string; message: string } =>
  error instanceof Problem
    ? { code: error.code, message: error.message }
    : { code: 'gateway.timeout', message: `The server did not answer within ${SERVER_WITHIN_MS / 1000} s` };
