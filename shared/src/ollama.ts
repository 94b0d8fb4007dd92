import * as z from 'zod/mini';
import { Accepted, Time } from './fields.ts';
import { route } from './route.ts';

/** As Ollama writes them: `nomic-embed-text`, `qwen3-embedding:0.6b`, `hf.co/owner/name:Q8_0`. */
export const OllamaModelName = z
  .string()
  .check(
    z.trim(),
    z.minLength(1),
    z.maxLength(200),
    z.regex(/^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*){0,3}(:[\w][\w.-]*)?$/i, 'not a model name'),
  );

/** A release of Ollama: `0.32.7`. */
const OllamaVersion = z.string().check(z.regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}(-[a-z0-9]{1,12})?$/, 'not a version of Ollama'));

export const OllamaModel = z.object({
  /** With its tag: `all-minilm:latest`. */
  name: z.string(),
  sizeBytes: z.number(),
  digest: z.string(),
  /** Makes vectors of texts: what a document collection needs. */
  embedding: z.boolean(),
  parameters: z.nullable(z.string()),
  quantization: z.nullable(z.string()),
  changedAt: z.nullable(Time),
  /** In memory now. */
  loaded: z.nullable(z.object({ bytes: z.number(), until: z.nullable(Time) })),
});
export type OllamaModel = z.output<typeof OllamaModel>;

/** A model that suits document collections, measured against this server. */
export const KnownModel = z.object({
  name: z.string(),
  languages: z.enum(['english', 'multilingual']),
  dimensions: z.number(),
  contextTokens: z.number(),
  /** Of the download, which is what it takes on the disk. */
  sizeBytes: z.number(),
  /** Of the whole Ollama while it works. */
  memoryBytes: z.number(),
  installed: z.boolean(),
  /** `memory`, `disk`: there is too little of it. */
  fit: z.enum(['yes', 'memory', 'disk']),
});
export type KnownModel = z.output<typeof KnownModel>;

export const OllamaStatus = z.object({
  installed: z.boolean(),
  running: z.boolean(),
  version: z.nullable(z.string()),
  /** `other`: it was there before; Clawmoor uses it and leaves its files and settings alone. */
  origin: z.nullable(z.enum(['clawmoor', 'other'])),
  /** What an install would bring. */
  offered: z.string(),
  updateAvailable: z.boolean(),
  /** Where programs on the server reach it. */
  baseUrl: z.string(),
  /** Other machines can reach it, and it knows no passwords. */
  exposed: z.boolean(),
  /** Why nothing can be installed here. */
  unsupported: z.nullable(z.string()),
  /** What a model may take now, of what there is. */
  memory: z.object({ freeBytes: z.number(), totalBytes: z.number() }),
  disk: z.object({ freeBytes: z.number() }),
  models: z.array(OllamaModel),
  known: z.array(KnownModel),
  /** The best of the known ones that fits. */
  recommended: z.nullable(z.string()),
});
export type OllamaStatus = z.output<typeof OllamaStatus>;

export const ollamaRoutes = {
  readOllama: route({
    method: 'get',
    path: '/servers/:id/rag/ollama/status',
    summary: 'Whether Ollama runs on a server, its models, what is in memory, and which models would fit',
    access: 'server:viewer',
    returns: OllamaStatus,
  }),
  installOllama: route({
    method: 'post',
    path: '/servers/:id/rag/ollama/install',
    summary: 'Install Ollama for the processor, reachable on the server alone; one that is already there is used as it is',
    access: 'server:admin',
    limit: 'submit',
    audit: 'ollama.install',
    idempotent: true,
    body: z.strictObject({ version: z.optional(OllamaVersion) }),
    returns: Accepted,
    status: 202,
  }),
  pullOllamaModel: route({
    method: 'post',
    path: '/servers/:id/rag/ollama/pull-model',
    summary:
      'Bring a model to a server and try it; refused where it does not fit into memory or disk. What has arrived is kept when it is stopped',
    access: 'server:admin',
    limit: 'submit',
    audit: 'ollama.pull_model',
    idempotent: true,
    body: z.strictObject({ model: OllamaModelName }),
    returns: Accepted,
    status: 202,
  }),
  deleteOllamaModel: route({
    method: 'delete',
    path: '/servers/:id/rag/ollama/models/:name',
    summary: 'Delete a model from a server; `/` and `:` in its name are written %2F and %3A',
    access: 'server:admin',
    audit: 'ollama.delete_model',
    status: 204,
  }),
};
