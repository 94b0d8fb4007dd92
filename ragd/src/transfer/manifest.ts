import * as z from 'zod/mini';
import { EmbeddingSource } from '../settings.ts';

const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const Member = z.object({ sha256: Sha256, bytes: z.int().check(z.gte(0)) });

/** The first member of an archive: what the others are, so that each can be checked as it comes. */
export const Manifest = z.object({
  format: z.literal(1),
  agent: z.string(),
  version: z.string(),
  createdAt: z.string(),
  settings: z.record(z.string(), z.unknown()),
  epoch: z.int(),
  generation: z.nullable(
    z.object({ key: z.string(), epoch: z.int(), source: EmbeddingSource, dimensions: z.int().check(z.gte(8), z.lte(8_192)) }),
  ),
  counts: z.object({ files: z.int(), chunks: z.int(), vectors: z.int() }),
  members: z.record(z.string().check(z.regex(/^(documents\.jsonl|chunks\.jsonl|vectors\.f32|documents\/[0-9a-f]{64})$/)), Member),
});
export type Manifest = z.output<typeof Manifest>;

export const DocumentLine = z.object({
  id: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,32}$/)),
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  sha256: Sha256,
  size: z.int(),
  type: z.nullable(z.string()),
  flags: z.array(z.string()),
  chunker: z.nullable(z.string()),
  addedAt: z.string(),
  read: z.boolean(),
});
export type DocumentLine = z.output<typeof DocumentLine>;

export const ChunkLine = z.object({
  file: z.string(),
  seq: z.int(),
  heading: z.string(),
  text: z.string(),
  overlap: z.int(),
  position: z.object({
    unit: z.enum(['page', 'line', 'row', 'paragraph']),
    from: z.int(),
    to: z.int(),
    heading: z.exactOptional(z.string()),
    part: z.exactOptional(z.string()),
  }),
  sha256: Sha256,
  vector: z.boolean(),
});
export type ChunkLine = z.output<typeof ChunkLine>;
