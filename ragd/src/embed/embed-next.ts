import type { Collection } from '../collection.ts';
import { Problem } from '../problem.ts';
import type { EmbeddingSource } from '../settings.ts';
import { checkpoint, transaction } from '../store/database.ts';
import type { Generation } from '../store/vectors.store.ts';
import { BATCH, digestOf, DOCUMENTS_WITHIN_MS, embedEach } from './client.ts';
import { PROFILES, profileOf } from './profiles.ts';

/** A scan of the full vectors up to here (60 ms), bits with rescoring above; back only well below, so that it does not swing. */
const QUANTISE_FROM = 50_000;
const SCAN_AGAIN_BELOW = 40_000;

/**
 * Embeds the next batch of passages that wait, and answers how many. `open` is called anew after every wait: the collection may have been closed,
 * and its settings may be others by then.
 */
export async function embedNext(open: () => Collection, signal: AbortSignal): Promise<number> {
  const { files, settings } = open();
  const { embedding: source } = settings();
  if (source.provider === 'none') {
    files.finishWithoutVectors();
    return 0;
  }
  const digest = await digestOf(source, signal);
  const current = open();
  const epoch = current.epoch();
  if (!sameModel(current.settings().embedding, source)) return 0;
  const key = [source.provider, source.model, digest, `profile ${PROFILES}`, `epoch ${epoch}`].join(' ');
  const known = byKey(current, key);
  const pending = current.vectors.pending(known?.id, BATCH);
  if (pending.length === 0) {
    if (known) current.files.finish(known.id);
    else current.files.finishWithoutVectors(); // documents without a passage
    settle(current, key);
    return 0;
  }
  const profile = profileOf(source.model);
  const copies = pending.map(({ sha256 }) => known && current.vectors.known(known, sha256));
  const fresh = pending.filter((_, index) => !copies[index]);
  const texts = fresh.map(({ text, heading }) => profile.document(text, heading).slice(0, profile.chars));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DOCUMENTS_WITHIN_MS)]);
  const made = texts.length === 0 ? [] : await embedEach(source, { texts, signal: limit });
  const after = open();
  const { db, vectors } = after;
  transaction(db, () => {
    const dimensions = made.find((one) => one instanceof Float32Array)?.length;
    const generation =
      byKey(after, key) ?? (dimensions === undefined ? undefined : vectors.create({ key, epoch, source: withoutKey(source), dimensions }));
    const wrong = made.find((one) => one instanceof Float32Array && one.length !== generation?.dimensions);
    if (wrong instanceof Float32Array)
      throw new Problem('embedding.bad_answer', `The model answers ${wrong.length} dimensions instead of ${generation?.dimensions}`, {
        fix: 'Reindex everything: the model is another one than it was.',
      });
    const rest = made.values();
    const rows = pending.flatMap(({ id, fileId, sha256 }, index) => {
      const vector = copies[index] ?? rest.next().value;
      if (vector instanceof Problem) after.files.fail(fileId, vector);
      return vector instanceof Float32Array ? [{ chunkId: id, sha256, vector }] : [];
    });
    if (!generation) return;
    vectors.add(generation, rows);
    // Other settings came meanwhile: these vectors are right, but others are waited for now.
    if (sameModel(after.settings().embedding, source) && after.epoch() === epoch) after.files.finish(generation.id);
  });
  settle(after, key);
  return pending.length;
}

const byKey = ({ vectors }: Collection, key: string): Generation | undefined => vectors.list().find((generation) => generation.key === key);

const sameModel = (one: EmbeddingSource, other: EmbeddingSource): boolean => one.provider === other.provider && one.model === other.model;

/** When nothing waits any more: the new set of vectors takes over from the old in one step, and the way to search it follows its size. */
function settle(collection: Collection, key: string): void {
  const { db, files, vectors } = collection;
  if (files.busy()) return;
  const built = byKey(collection, key);
  if (!built || built.epoch !== collection.epoch() || vectors.missing(built.id) > 0) return;
  const others = vectors.list().filter(({ id }) => id !== built.id);
  transaction(db, () => {
    if (!built.active) vectors.activate(built.id);
    for (const { id } of others) vectors.drop(id);
    followSize(vectors, built);
  });
  if (others.length > 0) checkpoint(db);
}

function followSize(vectors: Collection['vectors'], generation: Generation): void {
  const count = vectors.count(generation.id);
  if (!generation.quantised && count >= QUANTISE_FROM) vectors.quantise(generation, true);
  if (generation.quantised && count < SCAN_AGAIN_BELOW) vectors.quantise(generation, false);
}

function withoutKey(source: Generation['source']): Generation['source'] {
  if (source.provider !== 'openai-compatible') return source;
  const { apiKey: _, ...rest } = source;
  return rest;
}
