import * as z from 'zod/mini';
import { Accepted, Time } from './fields.ts';
import { route } from './route.ts';

/** Of one document. A collection has 500 MB and 2,000 documents at most; the service says so itself. */
export const MOST_DOCUMENT_BYTES = 25 * 1024 * 1024;
export const MOST_DOCUMENTS_AT_ONCE = 20;
const Problem = z.object({ code: z.string(), message: z.string(), fix: z.optional(z.string()) });

export const RagFile = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  /** By its content, not by its name: `pdf`, `markdown`; `null` until it was read. */
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
  degradedBecause: z.optional(z.object({ code: z.string(), message: z.string() })),
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

export const ragDocumentRoutes = {
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
};
