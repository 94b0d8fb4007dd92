import * as z from 'zod/mini';
import { RagConnection } from '@clawmoor/shared/rag-agents.ts';
import { RagAnswer, RagEval, RagFile, RagPosition } from '@clawmoor/shared/rag-documents.ts';
import { Time } from '@clawmoor/shared/fields.ts';

// What the document search of a server answers. A server is not trusted: everything is read by these, and nothing else gets through.

const { states: States, index: Index, building: Building, waiting: Waiting } = RagConnection.shape;

export const AgentWire = z.object({
  id: z.string(),
  files: z.number(),
  bytes: z.number(),
  states: States,
  chunks: z.number(),
  vectors: z.number(),
  pendingVectors: z.number(),
  diskBytes: z.number(),
  connected: z.boolean(),
  settings: z.object({
    embedding: z.object({
      provider: z.enum(['ollama', 'openai-compatible', 'none']),
      model: z.optional(z.string()),
      baseUrl: z.optional(z.string()),
      hasApiKey: z.optional(z.boolean()),
    }),
    chunk: z.object({ size: z.number(), overlap: z.number() }),
    weight: z.optional(z.nullable(z.number())),
  }),
  profileWeight: z.number(),
  index: Index,
  building: Building,
  waiting: Waiting,
  jobId: z.optional(z.string()),
});
export type AgentWire = z.output<typeof AgentWire>;

export const BrokenWire = z.object({ id: z.string(), broken: z.string() });
export const AgentsWire = z.object({ agents: z.array(z.union([BrokenWire, AgentWire])) });

export const FilesWire = z.object({ files: z.array(RagFile) });
export const UploadWire = z.object({ file: RagFile, unchanged: z.boolean(), jobId: z.string() });

export const PassagesWire = z.object({
  file: RagFile,
  passages: z.array(z.object({ seq: z.number(), heading: z.string(), text: z.string(), position: RagPosition })),
});

export const AnswerWire = z.object({
  results: RagAnswer.shape.results,
  mode: RagAnswer.shape.mode,
  degradedBecause: RagAnswer.shape.degradedBecause,
  pendingVectors: z.number(),
  took_ms: z.number(),
  embedding_ms: z.number(),
});
export const EvalWire = RagEval;

export const StatusWire = z.object({
  version: z.string(),
  startedAt: Time,
  agents: z.number(),
  files: z.number(),
  chunks: z.number(),
  vectors: z.number(),
  diskBytes: z.number(),
  diskFreeBytes: z.number(),
  rssBytes: z.number(),
  limits: z.object({ fileBytes: z.number(), agentBytes: z.number(), agentFiles: z.number(), agents: z.number(), archiveBytes: z.number() }),
});

export const JobWire = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  files: z.object({
    total: z.number(),
    queued: z.number(),
    parsing: z.number(),
    embedding: z.number(),
    done: z.number(),
    failed: z.number(),
  }),
  chunks: z.object({ total: z.number(), embedded: z.number() }),
  rate: z.nullable(z.object({ unit: z.enum(['chunks', 'files']), perSecond: z.number() })),
  etaSeconds: z.nullable(z.number()),
  waiting: Waiting,
});
export type JobWire = z.output<typeof JobWire>;

export const JobsWire = z.object({ jobs: z.array(JobWire) });

export const KeptWire = z.object({ kept: z.object({ files: z.number(), chunks: z.number(), vectors: z.number(), bytes: z.number() }) });
export const RemovedWire = z.object({
  removed: z.object({ files: z.number(), chunks: z.number(), vectors: z.number(), blobs: z.number(), bytes: z.number() }),
});
export const ImportedWire = z.object({
  imported: z.object({ files: z.number(), chunks: z.number(), vectors: z.number() }),
  jobId: z.string(),
});
