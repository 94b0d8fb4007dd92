import { Problem } from '../problem.ts';
import type { EmbeddingSource } from '../settings.ts';
import { embed } from './client.ts';

/** The vectors of questions; it fails at once where the server did not answer in time a moment ago. */
export type AskModel = (
  source: Exclude<EmbeddingSource, { provider: 'none' }>,
  asked: { texts: readonly string[]; signal: AbortSignal },
) => Promise<Float32Array[]>;

const WITHIN_MS = 5_000;
/** An answer by words at once is worth more than one by meaning after five seconds, each time. */
const LEFT_ALONE_MS = 30_000;

export function createAskModel({ withinMs = WITHIN_MS } = {}): AskModel {
  const slowUntil = new Map<string, number>();
  return async (source, { texts, signal }) => {
    if ((slowUntil.get(source.baseUrl) ?? 0) > performance.now())
      throw new Problem('embedding.unavailable', 'The embedding server did not answer in time a moment ago', {
        fix: 'Ask again in half a minute.',
      });
    const limit = AbortSignal.timeout(withinMs);
    try {
      const vectors = await embed(source, { texts, signal: AbortSignal.any([signal, limit]) });
      slowUntil.delete(source.baseUrl);
      return vectors;
    } catch (error) {
      if (limit.aborted) slowUntil.set(source.baseUrl, performance.now() + LEFT_ALONE_MS);
      throw error;
    }
  };
}
