import * as z from 'zod/mini';
import { Accepted, Time } from './fields.ts';
import { route } from './route.ts';

/** Of an export that is brought back. */
export const MOST_RAG_ARCHIVE_BYTES = 600 * 1024 * 1024;

/** Why it does not go on now, and since when: the embedding server is away. */
const Waiting = z.object({ code: z.string(), message: z.string(), since: Time });

const Model = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
const Address = z.url({ protocol: /^https?$/ }).check(z.maxLength(500));

/** Where the vectors come from, as the managed server reaches it. `none`: found by words alone. */
export const Embedding = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('ollama'), model: Model, baseUrl: z.optional(Address) }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    model: Model,
    baseUrl: Address,
    /** Left out, the one from before stays while `baseUrl` stays; '' removes it. Never answered. */
    apiKey: z.optional(z.string().check(z.maxLength(1_000))),
  }),
  z.strictObject({ provider: z.literal('none') }),
]);
export type Embedding = z.output<typeof Embedding>;

/** How documents are cut, in Latin characters. */
const Chunk = z
  .strictObject({ size: z.int().check(z.minimum(200), z.maximum(1_800)), overlap: z.int().check(z.minimum(0), z.maximum(600)) })
  .check(z.refine(({ size, overlap }) => overlap <= size / 2, { message: 'half of size at most', path: ['overlap'] }));

/** Share of the vectors in the score; `null`: what suits the model. */
const Weight = z.nullable(z.number().check(z.minimum(0), z.maximum(1)));

export const RagConfigure = z.strictObject({ embedding: Embedding, chunk: z.optional(Chunk), weight: z.optional(Weight) });
export type RagConfigure = z.output<typeof RagConfigure>;

/** How an agent searches its documents: with a tool that a plugin brings, or with a command that it runs in its shell. */
export const RagVia = z.enum(['plugin', 'command']);
export type RagVia = z.output<typeof RagVia>;

/** An agent's collection of documents, and how the agent is joined to it. */
export const RagConnection = z.object({
  agentId: z.string(),
  /** The agent's name; `null` where the gateway could not be asked, or knows no such agent. */
  name: z.nullable(z.string()),
  /** `orphan`: the gateway has no such agent any more; its documents are still there. `unknown`: the gateway could not be asked. */
  agent: z.enum(['present', 'orphan', 'unknown']),
  /** The agent can search the documents; `via` is `null` where it cannot. */
  skill: z.object({ enabled: z.boolean(), enabledAt: z.nullable(Time), via: z.nullable(RagVia) }),
  files: z.number(),
  bytes: z.number(),
  states: z.object({ queued: z.number(), parsing: z.number(), embedding: z.number(), done: z.number(), failed: z.number() }),
  chunks: z.number(),
  vectors: z.number(),
  /** Passages that are still to get their vector. */
  pendingVectors: z.number(),
  diskBytes: z.number(),
  embedding: z.object({
    provider: z.enum(['ollama', 'openai-compatible', 'none']),
    model: z.nullable(z.string()),
    baseUrl: z.nullable(z.string()),
    hasApiKey: z.boolean(),
  }),
  chunk: z.object({ size: z.number(), overlap: z.number() }),
  weight: z.object({ chosen: z.nullable(z.number()), suits: z.number() }),
  /** The vectors that answer now. */
  index: z.nullable(z.object({ model: z.string(), dimensions: z.number() })),
  /** Those of another model, made beside them. */
  building: z.nullable(z.object({ model: z.string(), embedded: z.number(), total: z.number() })),
  waiting: z.nullable(Waiting),
  /** Why the collection cannot be opened; all numbers are 0 then. */
  broken: z.nullable(z.string()),
});
export type RagConnection = z.output<typeof RagConnection>;

const AT = '/servers/:id/rag/agents/:agentId';

export const ragAgentRoutes = {
  configureRagAgent: route({
    method: 'post',
    path: `${AT}/configure`,
    summary:
      'Make a collection for an agent, or change how it is read: the model is tried first; another model is built beside the old one, which answers meanwhile',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.configure',
    body: RagConfigure,
    /** `taskId`: what has to be read or embedded anew. */
    returns: z.object({ connection: RagConnection, taskId: z.nullable(z.string()) }),
  }),
  enableRagSkill: route({
    method: 'post',
    path: `${AT}/enable-skill`,
    summary:
      'Let the agent search its documents, and try it: with the tool of a plugin, or, where plugins are not wanted, with a command that the agent runs',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.skill_enable',
    idempotent: true,
    body: z.strictObject({ via: z._default(RagVia, 'plugin') }),
    returns: Accepted,
    status: 202,
  }),
  disableRagSkill: route({
    method: 'post',
    path: `${AT}/disable-skill`,
    summary: 'Let the agent search no longer: exactly what was added goes; the documents stay',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.skill_disable',
    idempotent: true,
    body: z.strictObject({}),
    returns: Accepted,
    status: 202,
  }),
  exportRagAgent: route({
    method: 'get',
    path: `${AT}/export`,
    summary: 'The whole collection as a .tar.gz: originals, passages and, unless `vectors=0`, vectors; no tokens and no keys',
    access: 'server:admin',
    limit: 'download',
    audit: 'rag.export',
    query: z.strictObject({ vectors: z._default(z.enum(['0', '1']), '1') }),
    sends: 'file',
  }),
  importRagAgent: route({
    method: 'post',
    path: `${AT}/import`,
    summary: 'Bring an exported collection back, on this or another server; the agent must have no documents yet',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.import',
    takes: { most: 1, eachBytes: MOST_RAG_ARCHIVE_BYTES },
    returns: z.object({ taskId: z.string(), imported: z.object({ files: z.number(), chunks: z.number(), vectors: z.number() }) }),
    status: 202,
  }),
  disconnectRagAgent: route({
    method: 'post',
    path: `${AT}/disconnect`,
    summary: 'Let the agent search no longer and end its token; the documents are kept, and connecting again brings all back',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.disconnect',
    body: z.strictObject({}),
    returns: z.object({ kept: z.object({ files: z.number(), chunks: z.number(), vectors: z.number(), bytes: z.number() }) }),
  }),
  deleteRagAgent: route({
    method: 'delete',
    path: AT,
    summary: 'Disconnect the agent and delete its whole collection; nothing of it is left on the server',
    access: 'server:admin',
    audit: 'rag.agent_delete',
    /** Where a person types it, the agent's id. */
    query: z.strictObject({ confirm: z.optional(z.string().check(z.maxLength(128))) }),
    status: 204,
  }),
};
