import * as z from 'zod/mini';
import { Accepted, Time } from './fields.ts';
import { route } from './route.ts';

/** Of one document. A collection has 500 MB and 2,000 documents at most; the service says so itself. */
export const MOST_DOCUMENT_BYTES = 25 * 1024 * 1024;
export const MOST_DOCUMENTS_AT_ONCE = 20;
/** Of an export that is brought back. */
export const MOST_RAG_ARCHIVE_BYTES = 600 * 1024 * 1024;

const Problem = z.object({ code: z.string(), message: z.string(), fix: z.optional(z.string()) });
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

/** An agent's collection of documents, and how the agent is joined to it. */
export const RagConnection = z.object({
  agentId: z.string(),
  /** The agent's name; `null` where the gateway could not be asked, or knows no such agent. */
  name: z.nullable(z.string()),
  /** `orphan`: the gateway has no such agent any more; its documents are still there. `unknown`: the gateway could not be asked. */
  agent: z.enum(['present', 'orphan', 'unknown']),
  /** The agent has the tool that searches the documents. */
  skill: z.object({ enabled: z.boolean(), enabledAt: z.nullable(Time) }),
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

export const RagFile = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  /** By its content, not by its name: `application/pdf`; `null` until it was read. */
  type: z.nullable(z.string()),
  sha256: z.string(),
  state: z.enum(['queued', 'parsing', 'embedding', 'done', 'failed']),
  chunks: z.number(),
  error: z.nullable(Problem),
  /** Phrases in it that read like orders to an agent. */
  flags: z.array(z.string()),
  addedAt: Time,
  changedAt: Time,
});
export type RagFile = z.output<typeof RagFile>;

export const RagPosition = z.object({
  unit: z.enum(['page', 'line', 'row', 'paragraph']),
  from: z.number(),
  to: z.number(),
  heading: z.optional(z.string()),
  /** The sheet or chapter. */
  part: z.optional(z.string()),
});

export const RagPassage = z.object({
  text: z.string(),
  /** 0 to 1. */
  score: z.number(),
  file: z.object({ id: z.string(), name: z.string() }),
  position: RagPosition,
});
export type RagPassage = z.output<typeof RagPassage>;

const Mode = z.enum(['hybrid', 'vector', 'keyword']);
const Words = z.string().check(z.trim(), z.minLength(1), z.maxLength(4_000));

export const RagAnswer = z.object({
  results: z.array(RagPassage),
  /** How it was found. */
  mode: Mode,
  /** Why it was found by words alone, though the vectors were asked for. */
  degradedBecause: z.optional(z.string()),
  pendingVectors: z.number(),
  ms: z.number(),
  /** Of those, what the embedding server took. */
  embeddingMs: z.number(),
});
export type RagAnswer = z.output<typeof RagAnswer>;

export const RagEval = z.object({
  questions: z.number(),
  /** The weight that counts now, and the best one. */
  current: z.number(),
  best: z.number(),
  weights: z.array(z.object({ weight: z.number(), ndcg10: z.number(), recall10: z.number(), mrr10: z.number() })),
});

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
  listRagFiles: route({
    method: 'get',
    path: `${AT}/files`,
    summary: 'The documents of an agent, by name, with what was understood and what went wrong',
    access: 'server:viewer',
    returns: z.object({ files: z.array(RagFile) }),
  }),
  uploadRagFiles: route({
    method: 'post',
    path: `${AT}/files`,
    summary: 'Upload documents; the same name again replaces a document, which answers until the new one is read',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.file_upload',
    takes: { most: MOST_DOCUMENTS_AT_ONCE, eachBytes: MOST_DOCUMENT_BYTES },
    returns: z.object({ taskId: z.string(), files: z.array(RagFile) }),
    status: 202,
  }),
  readRagFile: route({
    method: 'get',
    path: `${AT}/files/:fileId`,
    summary: 'One document and the passages that were understood of it, 50 a page',
    access: 'server:viewer',
    query: z.strictObject({ after: z.optional(z.coerce.number().check(z.int(), z.minimum(0))) }),
    returns: z.object({
      file: RagFile,
      passages: z.array(z.object({ seq: z.number(), heading: z.nullable(z.string()), text: z.string(), position: RagPosition })),
      /** For `after`; `null` at the end. */
      nextAfter: z.nullable(z.number()),
    }),
  }),
  deleteRagFile: route({
    method: 'delete',
    path: `${AT}/files/:fileId`,
    summary: 'Delete a document: its passages, its vectors and the original',
    access: 'server:admin',
    audit: 'rag.file_delete',
    status: 204,
  }),
  reindexRagAgent: route({
    method: 'post',
    path: `${AT}/reindex`,
    summary: 'Read again what failed and embed what lacks a vector; `full` reads and embeds everything, while the old answers',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.reindex',
    idempotent: true,
    body: z.strictObject({ full: z._default(z.boolean(), false) }),
    returns: Accepted,
    status: 202,
  }),
  queryRagAgent: route({
    method: 'post',
    path: `${AT}/query`,
    summary: 'Ask the documents of an agent, as the agent does: the passages, their score and where they stand',
    access: 'server:viewer',
    scope: 'read',
    limit: 'query',
    audit: 'rag.query',
    body: z.strictObject({
      query: Words,
      limit: z._default(z.int().check(z.minimum(1), z.maximum(20)), 8),
      mode: z._default(Mode, 'hybrid'),
    }),
    returns: RagAnswer,
  }),
  evalRagAgent: route({
    method: 'post',
    path: `${AT}/eval`,
    summary: 'Try every weight of the vectors on questions whose documents are known',
    access: 'server:admin',
    limit: 'query',
    audit: 'rag.eval',
    body: z.strictObject({
      questions: z
        .array(
          z.strictObject({
            query: Words,
            files: z.array(z.string().check(z.minLength(1), z.maxLength(255))).check(z.minLength(1), z.maxLength(50)),
          }),
        )
        .check(z.minLength(1), z.maxLength(200)),
    }),
    returns: RagEval,
  }),
  enableRagSkill: route({
    method: 'post',
    path: `${AT}/enable-skill`,
    summary: 'Give the agent the tool that searches its documents, and try it through the gateway',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.skill_enable',
    idempotent: true,
    body: z.strictObject({}),
    returns: Accepted,
    status: 202,
  }),
  disableRagSkill: route({
    method: 'post',
    path: `${AT}/disable-skill`,
    summary: 'Take the tool away from the agent: exactly what was added goes; the documents stay',
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
    summary: 'Take the tool away and end the token of the agent; the documents are kept, and connecting again brings all back',
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
