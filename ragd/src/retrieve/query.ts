import type { Collection } from '../collection.ts';
import type { AskModel } from '../embed/ask-model.ts';
import { profileOf } from '../embed/profiles.ts';
import { Problem } from '../problem.ts';
import type { EmbeddingSource } from '../settings.ts';
import type { Scored } from '../store/chunks.store.ts';
import type { Generation } from '../store/vectors.store.ts';
import { fuse } from './fuse.ts';
import { passages, type Passage } from './passages.ts';
import { matchExpression } from './terms.ts';

export type Mode = 'hybrid' | 'vector' | 'keyword';

export interface Answer {
  results: Passage[];
  /** How it was found, which is not always how it was asked. */
  mode: Mode;
  /** Why the vectors were not used although they were asked for. */
  degradedBecause?: Degraded;
  /** Passages that have no vector yet and are found by their words only. */
  pendingVectors: number;
  took_ms: number;
  /** Of which the embedding server took this. */
  embedding_ms: number;
}

/** Candidates of each kind. */
const CANDIDATES = 100;
/** Neighbours and capped documents take places of the ranking that others fill. */
const RANKED_PER_RESULT = 6;

/** Both lists of candidates of one question, before they are weighed. */
export interface Candidates {
  lexical: Scored[];
  dense: Scored[];
  degradedBecause?: Degraded;
  embeddingMs: number;
}

/** Answers a question from the agent's documents. When the vectors cannot be had, the words alone answer, and the answer says so. */
export async function query(
  open: () => Collection,
  { query: words, limit, mode, ask, signal }: { query: string; limit: number; mode: Mode; ask: AskModel; signal: AbortSignal },
): Promise<Answer> {
  const startedAt = performance.now();
  const found = await candidates(open, { words, mode, ask, signal });
  const { chunks, vectors, settings } = open();
  const active = vectors.active();
  const usesVectors = found.degradedBecause === undefined && mode !== 'keyword';
  const weight = !usesVectors ? 0 : mode === 'vector' ? 1 : (settings().weight ?? profileOf(active?.source.model ?? '').weight);
  const ranked = fuse({ lexical: found.lexical, dense: found.dense, weight }).slice(0, limit * RANKED_PER_RESULT);
  return {
    results: passages({ ranked, get: (id) => chunks.get([id])[0], limit }),
    mode: usesVectors ? mode : 'keyword',
    ...(found.degradedBecause !== undefined && { degradedBecause: found.degradedBecause }),
    pendingVectors: active ? chunks.total() - vectors.count(active.id) : 0,
    took_ms: round(performance.now() - startedAt),
    embedding_ms: round(found.embeddingMs),
  };
}

export async function candidates(
  open: () => Collection,
  { words, mode, ask, signal }: { words: string; mode: Mode; ask: AskModel; signal: AbortSignal },
): Promise<Candidates> {
  const startedAt = performance.now();
  const asked: QuestionVector = mode === 'keyword' ? {} : await questionVector(open(), { words, ask, signal });
  const embeddingMs = performance.now() - startedAt;
  const { chunks, vectors } = open();
  const match = matchExpression(words);
  const wantsWords = mode !== 'vector' || asked.vector === undefined;
  const lexical = wantsWords && match !== undefined ? chunks.search(match, CANDIDATES) : [];
  const generation = vectors.active();
  if (!asked.vector || generation?.id !== asked.generation || !generation) {
    const because = asked.vector
      ? { code: 'embedding.just_changed', message: 'Vectors of another model have just taken over; ask again.' }
      : asked.because;
    return { lexical, dense: [], embeddingMs, ...(because !== undefined && { degradedBecause: because }) };
  }
  const { vector } = asked;
  const nearest = vectors.search(generation, { vector, limit: CANDIDATES });
  const known = new Set(nearest.map(({ id }) => id));
  const others = lexical.map(({ id }) => id).filter((id) => !known.has(id));
  return { lexical, dense: [...nearest, ...vectors.similarities(generation, { vector, ids: others })], embeddingMs };
}

/** Why only the words answered. */
export interface Degraded {
  code: string;
  message: string;
}

const NOT_CONFIGURED: Degraded = { code: 'embedding.not_configured', message: 'No embedding model is configured.' };

interface QuestionVector {
  vector?: Float32Array;
  generation?: number;
  because?: Degraded;
}

async function questionVector(
  { vectors, settings }: Collection,
  { words, ask, signal }: { words: string; ask: AskModel; signal: AbortSignal },
): Promise<QuestionVector> {
  const generation = vectors.active();
  if (!generation) return { because: { code: 'embedding.none_yet', message: 'There are no vectors yet.' } };
  const configured = settings().embedding;
  if (configured.provider === 'none') return { because: NOT_CONFIGURED };
  const source = whereTheModelIs(generation, configured);
  if (source.provider === 'none') return { because: NOT_CONFIGURED };
  try {
    const texts = [profileOf(source.model).query(words)];
    const [vector] = await ask(source, { texts, signal });
    if (vector?.length !== generation.dimensions)
      return {
        because: {
          code: 'embedding.wrong_dimensions',
          message: `The model answers ${vector?.length} dimensions, the vectors here have ${generation.dimensions}.`,
        },
      };
    return { vector, generation: generation.id };
  } catch (error) {
    if (error instanceof Problem) return { because: { code: error.code, message: `${error.message}.` } };
    throw error;
  }
}

/** The model that made the vectors must also read the question, even while another one is being built; where it is served is as configured. */
function whereTheModelIs({ source }: Generation, configured: EmbeddingSource): EmbeddingSource {
  return source.provider === configured.provider && source.model === configured.model ? configured : source;
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
