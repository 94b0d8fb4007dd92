import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { NOTICE_KINDS } from './notice.ts';
import { route } from './route.ts';

/** `http:` only where private addresses are allowed; no user name or password in it. */
const Url = z.url({ protocol: /^https?$/ }).check(z.maxLength(1_000));
/** Which kinds of news it is told; empty: all. */
const Kinds = z.array(z.enum(NOTICE_KINDS)).check(z.maxLength(NOTICE_KINDS.length));

export const Webhook = z.object({
  id: z.string(),
  /** `null`: it is told the news of every server, and of the installation itself. */
  serverId: z.nullable(z.string()),
  url: z.string(),
  kinds: z.array(z.string()),
  enabled: z.boolean(),
  /** Why it was switched off by itself. */
  disabledWhy: z.nullable(z.string()),
  /** It has failed since then, without one success. */
  failingSince: z.nullable(Time),
  waiting: z.number(),
  createdBy: z.string(),
  createdAt: Time,
});
export type Webhook = z.output<typeof Webhook>;

/** `secret` (`whsec_…`) is shown this once: with it the receiver checks the signature (Standard Webhooks). */
export const MadeWebhook = z.object({ ...Webhook.shape, secret: z.string() });
const ChangedWebhookView = z.object({ ...Webhook.shape, secret: z.optional(z.string()) });

export const NewWebhook = z.strictObject({ url: Url, kinds: z._default(Kinds, []) });
export type NewWebhook = z.output<typeof NewWebhook>;
/** What is left out stays. Another host needs a new secret, so one is made. */
export const WebhookChange = z.strictObject({
  url: z.optional(Url),
  kinds: z.optional(Kinds),
  enabled: z.optional(z.boolean()),
  newSecret: z.optional(z.boolean()),
});
export type WebhookChange = z.output<typeof WebhookChange>;

export const WebhookTest = z.object({ ok: z.boolean(), status: z.nullable(z.number()), ms: z.number(), error: z.nullable(z.string()) });
export type WebhookTest = z.output<typeof WebhookTest>;

export const Delivery = z.object({
  /** The header `webhook-id`: the same at every attempt. */
  id: z.string(),
  type: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.number(),
  status: z.nullable(z.number()),
  error: z.nullable(z.string()),
  ms: z.nullable(z.number()),
  createdAt: Time,
  triedAt: z.nullable(Time),
  /** When it is tried again. */
  dueAt: z.nullable(Time),
});
export type Delivery = z.output<typeof Delivery>;

const OF_SERVER = '/servers/:id/webhooks';
const OF_ALL = '/admin/webhooks';
const list = { method: 'get', returns: z.object({ webhooks: z.array(Webhook) }) } as const;
const add = { method: 'post', audit: 'webhook.create', limit: 'submit', body: NewWebhook, returns: MadeWebhook, status: 201 } as const;
const change = { method: 'put', audit: 'webhook.change', limit: 'submit', body: WebhookChange, returns: ChangedWebhookView } as const;
const remove = { method: 'delete', audit: 'webhook.remove', limit: 'submit', status: 204 } as const;
const test = { method: 'post', audit: 'webhook.test', limit: 'server-test', body: z.strictObject({}), returns: WebhookTest } as const;
const deliveries = { method: 'get', limit: 'read', returns: z.object({ deliveries: z.array(Delivery) }) } as const;
const admin = { access: 'server:admin' } as const;
const superAdmin = { access: 'super' } as const;

export const webhookRoutes = {
  listWebhooks: route({ ...list, ...admin, path: OF_SERVER, summary: 'Addresses that are told the news of a server' }),
  addWebhook: route({ ...add, ...admin, path: OF_SERVER, summary: 'Have an address told; its secret is shown this once' }),
  changeWebhook: route({
    ...change,
    ...admin,
    path: `${OF_SERVER}/:webhookId`,
    summary: 'Change it, switch it on or off, make a new secret',
  }),
  removeWebhook: route({
    ...remove,
    ...admin,
    path: `${OF_SERVER}/:webhookId`,
    summary: 'Tell it nothing more, and forget what it was told',
  }),
  testWebhook: route({ ...test, ...admin, path: `${OF_SERVER}/:webhookId/test`, summary: 'Send it a test now' }),
  listDeliveries: route({ ...deliveries, ...admin, path: `${OF_SERVER}/:webhookId/deliveries`, summary: 'What it was told last' }),

  listInstallationWebhooks: route({ ...list, ...superAdmin, path: OF_ALL, summary: 'Addresses that are told the news of all servers' }),
  addInstallationWebhook: route({ ...add, ...superAdmin, path: OF_ALL, summary: 'Have an address told the news of all servers' }),
  changeInstallationWebhook: route({ ...change, ...superAdmin, path: `${OF_ALL}/:hookId`, summary: 'Likewise, for one of all servers' }),
  removeInstallationWebhook: route({ ...remove, ...superAdmin, path: `${OF_ALL}/:hookId`, summary: 'Likewise, for one of all servers' }),
  testInstallationWebhook: route({ ...test, ...superAdmin, path: `${OF_ALL}/:hookId/test`, summary: 'Send it a test now' }),
  listInstallationDeliveries: route({
    ...deliveries,
    ...superAdmin,
    path: `${OF_ALL}/:hookId/deliveries`,
    summary: 'What it was told last',
  }),
};
