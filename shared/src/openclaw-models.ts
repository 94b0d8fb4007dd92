import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';
import { AgentId } from './setup.ts';

export const Model = z.object({
  /** `provider/model`: what agents and jobs are given. */
  id: z.string(),
  provider: z.string(),
  name: z.string(),
  contextWindow: z.nullable(z.number()),
  reasoning: z.boolean(),
  isDefault: z.boolean(),
  available: z.boolean(),
});
export type Model = z.output<typeof Model>;

export const Provider = z.object({
  provider: z.string(),
  name: z.string(),
  /** As the gateway says it: `ok`, `static` (a key without an end), `expiring`, `expired`, `missing`, … */
  status: z.string(),
  expiresAt: z.nullable(Time),
  /** Where a key comes from that is no credential of its own: `config`, `env`, … */
  keyFrom: z.nullable(z.string()),
  credentials: z.array(
    z.object({ id: z.string(), type: z.string(), status: z.string(), expiresAt: z.nullable(Time), canLogOut: z.boolean() }),
  ),
});
export type Provider = z.output<typeof Provider>;

export const ProviderTest = z.object({
  ok: z.boolean(),
  status: z.string(),
  ms: z.nullable(z.number()),
  message: z.nullable(z.string()),
  results: z.array(z.object({ label: z.string(), status: z.string(), ms: z.nullable(z.number()), message: z.nullable(z.string()) })),
});
export type ProviderTest = z.output<typeof ProviderTest>;

const PROVIDERS = '/servers/:id/openclaw/model-providers';
const admin = { access: 'server:admin', limit: 'submit' } as const;

export const modelRoutes = {
  listModels: route({
    method: 'get',
    path: '/servers/:id/openclaw/models',
    summary: 'The models that the gateway is set up for',
    access: 'server:viewer',
    limit: 'read',
    returns: z.object({ models: z.array(Model) }),
  }),
  listModelProviders: route({
    method: 'get',
    path: PROVIDERS,
    summary: 'The model providers with their credentials and when these end',
    access: 'server:viewer',
    limit: 'read',
    /** `addable`: those that take an API key. */
    returns: z.object({ providers: z.array(Provider), addable: z.array(z.string()) }),
  }),
  setModelKey: route({
    ...admin,
    method: 'put',
    path: `${PROVIDERS}/:provider/key`,
    summary: 'Give the gateway an API key; it goes straight there, and is kept nowhere else',
    audit: 'model.set_key',
    body: z.strictObject({
      apiKey: z.string().check(z.trim(), z.minLength(4), z.maxLength(8_000), z.regex(/^[\x21-\x7e]+$/, 'one word of visible characters')),
      agentId: z.optional(AgentId),
    }),
    returns: z.object({ credentialId: z.nullable(z.string()) }),
  }),
  removeModelCredentials: route({
    ...admin,
    method: 'delete',
    path: `${PROVIDERS}/:provider/credentials`,
    summary: 'Sign the gateway out of a provider: its stored credentials are deleted',
    audit: 'model.sign_out',
    returns: z.object({ removed: z.array(z.string()) }),
  }),
  testModelProvider: route({
    ...admin,
    method: 'post',
    path: `${PROVIDERS}/:provider/test`,
    summary: 'Have the gateway ask the provider something small',
    audit: 'model.test',
    body: z.strictObject({}),
    returns: ProviderTest,
  }),
};
