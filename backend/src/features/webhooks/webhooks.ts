import { isIP } from 'node:net';
import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Delivery, NewWebhook, Webhook, WebhookChange, WebhookTest } from '@clawmoor/shared/webhooks.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { MakeId } from '../../lib/id.ts';
import type { Announce, Notice } from '../../lib/notice.ts';
import { Problem } from '../../lib/problem.ts';
import type { Sealer } from '../../lib/sealer.ts';
import type { Database, Tables } from '../../lib/tables.ts';
import type { WebhookPost } from '../../lib/webhook-post.ts';
import { createCourier } from './courier.ts';
import { bodyOf, roleFor } from './body.ts';
import { aadOf } from './sealed-webhooks.store.ts';
import { newWebhookSecret, signedHeaders } from './sign.ts';
import { tooManyWebhooks, urlRefused, webhookNotFound } from './webhooks.problems.ts';
import { webhooksStore, type DeliveryRow, type WebhookRow } from './webhooks.store.ts';

export interface WebhooksParts {
  db: Database;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  sealer: Sealer;
  post: WebhookPost;
  /** Throws `server.host_not_allowed` for an address that this installation does not connect to. */
  checkHost: (host: string, port: number) => void;
  /** Addresses of private networks, and `http:` with them. */
  mayBePlain: boolean;
  mayBeTold: (hook: { serverId: string | null; createdBy: string }) => Promise<boolean>;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  announce: Announce;
  /** The sentence of a notice, for whoever shows it to people. */
  sentenceOf: (notice: Notice) => string;
}

export type Webhooks = ReturnType<typeof createWebhooks>;

const MOST = { server: 10, installation: 20 };
const SHOWN_DELIVERIES = 100;

/** Other programs that are told the news: of one server, or of all. */
export function createWebhooks(parts: WebhooksParts) {
  const { db, clock, makeId, log, sealer, post, checkHost, mayBePlain, mayBeTold, roleOf, announce, sentenceOf } = parts;
  const store = webhooksStore(db);
  const secretOf = ({ id, secret }: WebhookRow): string => sealer.open(secret, aadOf(id));
  const courier = createCourier({
    db,
    clock,
    log,
    post,
    secretOf,
    roleOf,
    mayBeTold: ({ server_id: serverId, created_by: createdBy }) => mayBeTold({ serverId, createdBy }),
    onSwitchedOff: ({ id, created_by: userId, url, server_id }, why) =>
      announce({
        subject: `webhook:${id}`,
        kind: 'webhook',
        severity: 'warning',
        phase: 'opened',
        audience: { userId },
        facts: { host: new URL(url).host, reason: why, ...(server_id !== null && { serverId: server_id }) },
        at: clock.now(),
      }),
  });

  function checkUrl(text: string): void {
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') throw urlRefused('a user name in it would be stored readable');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (url.protocol !== 'https:' && !mayBePlain) throw urlRefused('it is not encrypted');
    if (!isIP(host) && !host.includes('.') && !mayBePlain) throw urlRefused('it is no public name');
    try {
      checkHost(host, Number(url.port) || (url.protocol === 'https:' ? 443 : 80));
    } catch (error) {
      throw error instanceof Problem ? urlRefused(error.message) : error;
    }
  }

  async function mustGet(serverId: string | null, id: string): Promise<WebhookRow> {
    const row = await store.get(id);
    if (!row || row.server_id !== serverId) throw webhookNotFound();
    return row;
  }

  const view = async (row: WebhookRow): Promise<Webhook> => ({
    id: row.id,
    serverId: row.server_id,
    url: row.url,
    kinds: kindsOf(row),
    enabled: row.enabled === 1,
    disabledWhy: row.disabled_why,
    failingSince: row.failing_since === null ? null : iso(row.failing_since),
    waiting: await store.waitingOf(row.id),
    createdBy: row.created_by,
    createdAt: iso(row.created_at),
  });

  return {
    list: async (serverId: string | null): Promise<Webhook[]> => Promise.all((await store.of(serverId)).map(view)),
    /** Throws `webhook.url_refused`, `webhook.limit_reached`. */
    async add(serverId: string | null, { url, kinds }: NewWebhook, by: string): Promise<Webhook & { secret: string }> {
      checkUrl(url);
      const most = serverId === null ? MOST.installation : MOST.server;
      const id = makeId('whk');
      const secret = newWebhookSecret();
      const row: WebhookRow = {
        id,
        server_id: serverId,
        url,
        kinds: JSON.stringify(kinds),
        secret: sealer.seal(secret, aadOf(id)),
        enabled: 1,
        disabled_why: null,
        failing_since: null,
        created_by: by,
        created_at: clock.now(),
      };
      await db.transaction().execute(async (trx) => {
        const inside = webhooksStore(trx);
        if ((await inside.of(serverId)).length >= most) throw tooManyWebhooks(most);
        await inside.add(row);
      });
      return { ...(await view(row)), secret };
    },
    read: async (serverId: string | null, id: string): Promise<Webhook> => view(await mustGet(serverId, id)),
    /** Whoever changes it answers for it from now on. Another host gets another secret: the old receiver could sign for it. */
    async change(serverId: string | null, id: string, change: WebhookChange, by: string): Promise<Webhook & { secret?: string }> {
      const row = await mustGet(serverId, id);
      const { url = row.url, kinds, enabled, newSecret = false } = change;
      if (url !== row.url) checkUrl(url);
      const secret = newSecret || new URL(url).host !== new URL(row.url).host ? newWebhookSecret() : undefined;
      await store.update(id, {
        url,
        created_by: by,
        ...(kinds && { kinds: JSON.stringify(kinds) }),
        ...(enabled !== undefined && { enabled: enabled ? 1 : 0, disabled_why: null, failing_since: null }),
        ...(secret !== undefined && { secret: sealer.seal(secret, aadOf(id)) }),
      });
      return { ...(await view(await mustGet(serverId, id))), ...(secret !== undefined && { secret }) };
    },
    async remove(serverId: string | null, id: string): Promise<Webhook> {
      const row = await mustGet(serverId, id);
      const before = await view(row);
      await store.remove(id);
      return before;
    },
    /** Sends a test at once, also where it is switched off; it stands in no log of deliveries. */
    async test(serverId: string | null, id: string, signal: AbortSignal): Promise<WebhookTest> {
      const row = await mustGet(serverId, id);
      const body = JSON.stringify({ type: 'webhook.test', timestamp: iso(clock.now()), data: { text: 'This is a test from Clawmoor.' } });
      const headers = signedHeaders({ id: makeId('msg'), body, secret: secretOf(row), at: clock.now() });
      const { status, error, ms } = await post({ url: row.url, headers, body, signal });
      const ok = status !== undefined && status >= 200 && status < 300;
      return { ok, status: status ?? null, ms, error: ok ? null : (error ?? `the receiver answered ${status}`) };
    },
    async deliveries(serverId: string | null, id: string): Promise<Delivery[]> {
      const { id: found } = await mustGet(serverId, id);
      return (await store.lastOf(found, SHOWN_DELIVERIES)).map(deliveryView);
    },
    /** In the transaction of the announcement. */
    async store(trx: Transaction<Tables>, notice: Notice): Promise<void> {
      // What is said to one person alone concerns no program.
      if ('userId' in notice.audience && notice.kind !== 'task') return;
      const inside = webhooksStore(trx);
      for (const hook of await inside.toldOf(notice.server?.id ?? null)) {
        const kinds = kindsOf(hook);
        if (kinds.length > 0 && !kinds.includes(notice.kind)) continue;
        await inside.enqueue({
          id: makeId('msg'),
          webhook_id: hook.id,
          key: `${notice.subject}:${notice.phase}:${notice.at}`,
          type: `${notice.kind}.${notice.phase}`,
          body: bodyOf(notice, sentenceOf(notice)),
          needs_role: hook.server_id === null ? (roleFor(notice) ?? null) : null,
          state: 'waiting',
          due_at: clock.now(),
          status: null,
          error: null,
          took_ms: null,
          created_at: clock.now(),
          tried_at: null,
        });
      }
    },
    wake: courier.wake,
    figures: () => store.figures(clock.now() - 86_400_000),
    [Symbol.asyncDispose]: () => courier.stop(),
  };
}

const kindsOf = ({ kinds }: WebhookRow): string[] => JSON.parse(kinds) as string[]; // written by `add` and `change`

const deliveryView = (row: DeliveryRow): Delivery => ({
  id: row.id,
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  status: row.status,
  error: row.error,
  ms: row.took_ms,
  createdAt: iso(row.created_at),
  triedAt: row.tried_at === null ? null : iso(row.tried_at),
  dueAt: row.state === 'waiting' ? iso(row.due_at) : null,
});
