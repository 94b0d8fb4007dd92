import * as z from 'zod/mini';
import { CHUNKER } from './ingest/chunk.ts';

/** Where vectors come from. The key for the provider is kept beside it and never answered. */
export const EmbeddingSource = z.discriminatedUnion('provider', [
  z.object({
    provider: z.literal('ollama'),
    baseUrl: z._default(z.url({ protocol: /^https?$/ }), 'http://127.0.0.1:11434'),
    // A model with this tag does not run here: Ollama would send the documents to ollama.com.
    model: z.string().check(
      z.minLength(1),
      z.maxLength(200),
      z.refine((model) => !/[:-]cloud$/.test(model), 'runs in the cloud, not on this server'),
    ),
  }),
  z.object({
    provider: z.literal('openai-compatible'),
    baseUrl: z.url({ protocol: /^https?$/ }),
    model: z.string().check(z.minLength(1), z.maxLength(200)),
    apiKey: z.optional(z.string().check(z.maxLength(1_000))),
  }),
  z.object({ provider: z.literal('none'), model: z._default(z.literal(''), '') }),
]);
export type EmbeddingSource = z.output<typeof EmbeddingSource>;

export const Settings = z
  .object({
    embedding: z._default(EmbeddingSource, { provider: 'none', model: '' }),
    /** In Latin characters; one of a CJK script counts as 2.7 of them. */
    chunk: z._default(z.object({ size: z.int().check(z.gte(200), z.lte(1_800)), overlap: z.int().check(z.gte(0), z.lte(600)) }), {
      size: 1_200,
      overlap: 150,
    }),
    /** Share of the vectors in the score; what suits the model where it is not given. */
    weight: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(1)))),
  })
  .check(z.refine(({ chunk }) => chunk.overlap <= chunk.size / 2, 'chunk.overlap may be half of chunk.size at most'));
export type Settings = z.output<typeof Settings>;

/** How documents are cut now; what was cut in another way is outdated. */
export const chunkerOf = ({ chunk }: Settings): string => `${CHUNKER}:${chunk.size}:${chunk.overlap}`;

/** The same without the key: what a client may see. */
export function shownSettings({ embedding, ...rest }: Settings) {
  if (embedding.provider !== 'openai-compatible') return { embedding, ...rest };
  const { apiKey, ...shown } = embedding;
  return { embedding: { ...shown, hasApiKey: apiKey !== undefined && apiKey !== '' }, ...rest };
}
