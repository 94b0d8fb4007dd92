import type { Role } from '@clawmoor/shared/route.ts';
import type { Logger } from 'pino';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../../lib/tables.ts';
import type { WebhookPost } from '../../lib/webhook-post.ts';
import { bareBody, serverIn } from './body.ts';
import { signedHeaders } from './sign.ts';
import { webhooksStore, type DeliveryRow, type WebhookRow } from './webhooks.store.ts';

export interface CourierParts {
  db: Database;
  clock: Clock;
  log: Logger;
  post: WebhookPost;
  secretOf: (hook: WebhookRow) => string;
  /** Whether whoever made it may still have it told (S18). */
  mayBeTold: (hook: WebhookRow) => Promise<boolean>;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  /** It was switched off, and why. */
  onSwitchedOff: (hook: WebhookRow, why: string) => Promise<void>;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** After each failure; a delivery is given up a day after it began. */
export const AGAIN_AFTER_MS = [5 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS];
// An address that has taken nothing for so long takes nothing any more.
const SWITCHED_OFF_AFTER_MS = 3 * 24 * HOUR_MS;
const HOOKS_AT_ONCE = 8;
const LOOK_EVERY_MS = 30_000;
const KEPT_DELIVERIES = 200;
const RANK = { viewer: 1, admin: 2, owner: 3 } as const;

/** Brings waiting deliveries to their addresses: one at a time to each, again after a while where it fails. */
export function createCourier({ db, clock, log, post, secretOf, mayBeTold, roleOf, onSwitchedOff }: CourierParts) {
  const store = webhooksStore(db);
  const stop = new AbortController();
  const lanes = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let rounds: Promise<void> = Promise.resolve();
  let asked = false;

  async function switchOff(hook: WebhookRow, why: string): Promise<void> {
    await store.update(hook.id, { enabled: 0, disabled_why: why });
    await store.giveUp(hook.id, why);
    await onSwitchedOff(hook, why);
  }

  async function succeeded(hook: WebhookRow): Promise<void> {
    if (hook.failing_since !== null) await store.update(hook.id, { failing_since: null });
  }

  async function failed(hook: WebhookRow, { attempts }: DeliveryRow, answer: { status: number | undefined; why: string }) {
    const now = clock.now();
    if (hook.failing_since === null) await store.update(hook.id, { failing_since: now });
    if (answer.status === 410) await switchOff(hook, 'the receiver answered 410: it is gone for good');
    else if (hook.failing_since !== null && now - hook.failing_since > SWITCHED_OFF_AFTER_MS) await switchOff(hook, answer.why);
    const wait = AGAIN_AFTER_MS[attempts];
    return wait === undefined ? undefined : now + wait * (0.9 + Math.random() / 5);
  }

  /** A super-admin has no access to anybody's server as such: what they may not see in the app, their program is not told either. */
  async function readableBody({ created_by }: WebhookRow, { body, needs_role }: DeliveryRow): Promise<string> {
    const serverId = needs_role === null ? undefined : serverIn(body);
    if (needs_role === null || serverId === undefined) return body;
    const role = await roleOf(serverId, created_by);
    return role !== undefined && RANK[role] >= RANK[needs_role] ? body : bareBody(body);
  }

  async function bring(hook: WebhookRow, delivery: DeliveryRow): Promise<void> {
    const { id, attempts } = delivery;
    const body = await readableBody(hook, delivery);
    const headers = signedHeaders({ id, body, secret: secretOf(hook), at: clock.now() });
    const { status, error, ms } = await post({ url: hook.url, headers, body, signal: stop.signal });
    const tried = { attempts: attempts + 1, status: status ?? null, took_ms: ms, tried_at: clock.now() };
    if (status !== undefined && status >= 200 && status < 300) {
      await store.updateDelivery(id, { ...tried, state: 'delivered', error: null });
      return succeeded(hook);
    }
    const why = error ?? `the receiver answered ${status}`;
    await store.updateDelivery(id, { ...tried, error: why });
    const dueAt = await failed(hook, delivery, { status, why });
    const current = await store.get(hook.id);
    if (current?.enabled !== 1) return;
    await store.updateDelivery(id, dueAt === undefined ? { state: 'failed' } : { due_at: Math.round(dueAt) });
  }

  /** One delivery; then others have their turn, and what is more than is kept goes, the oldest first: a slow receiver holds up nobody. */
  async function runLane(webhookId: string): Promise<void> {
    const hook = await store.get(webhookId);
    if (!hook) return;
    if (hook.enabled === 0) return void (await store.giveUp(webhookId, 'it is switched off'));
    if (!(await mayBeTold(hook))) return switchOff(hook, 'whoever made it may not see this any more');
    const delivery = await store.firstDue(webhookId, clock.now());
    if (delivery) await bring(hook, delivery);
    await store.forgetBeyond(webhookId, KEPT_DELIVERIES);
  }

  async function round(): Promise<void> {
    asked = false;
    const now = clock.now();
    for (const id of await store.dueHooks(now)) {
      if (stop.signal.aborted || lanes.size >= HOOKS_AT_ONCE) break;
      if (lanes.has(id)) continue;
      const lane = runLane(id).then(
        () => true,
        (error: unknown) => void (stop.signal.aborted || log.error({ err: error, webhookId: id }, 'a webhook could not be told')),
      );
      lanes.set(
        id,
        lane.then((well) => {
          lanes.delete(id);
          if (well) wake();
        }),
      );
    }
    // Of what was due already the lane's end tells us; what becomes due while we ask must not wait for the next look.
    const due = await store.nextDue(now);
    clearTimeout(timer);
    const wait = due === undefined ? LOOK_EVERY_MS : Math.max(0, due - clock.now());
    timer = setTimeout(wake, Math.min(wait, LOOK_EVERY_MS)).unref();
  }

  function wake(): void {
    if (asked || stop.signal.aborted) return;
    asked = true;
    rounds = rounds.then(round).catch((error: unknown) => log.error({ err: error }, 'the webhooks could not be looked at'));
  }

  return {
    wake,
    async stop(): Promise<void> {
      stop.abort(new Error('Clawmoor stops'));
      clearTimeout(timer);
      await rounds;
      await Promise.all(lanes.values());
    },
  };
}
