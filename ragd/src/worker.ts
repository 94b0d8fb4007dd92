import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Agents } from './agents.ts';
import type { Collection } from './collection.ts';
import { BATCH, digestOf, DOCUMENTS_WITHIN_MS, embed } from './embed/client.ts';
import { PROFILES, profileOf } from './embed/profiles.ts';
import { CHUNKER } from './ingest/chunk.ts';
import { parseInChild } from './ingest/parser.ts';
import { Problem } from './problem.ts';
import { checkpoint, transaction } from './store/database.ts';
import type { StoredFile } from './store/files.store.ts';
import type { Generation } from './store/vectors.store.ts';

export interface Worker {
  /** Something may be to do. */
  wake: () => void;
  stop: () => Promise<void>;
}

const TRIES = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A scan of the full vectors up to here (60 ms), bits with rescoring above; back only well below, so that it does not swing. */
const QUANTISE_FROM = 50_000;
const SCAN_AGAIN_BELOW = 40_000;

/** Reads and embeds whatever waits, one document and one batch at a time. All state is in the databases: after a kill it goes on where it was. */
export function startWorker({ agents, giveUpMs, log }: { agents: Agents; giveUpMs: number; log: (line: string) => void }): Worker {
  const stopping = new AbortController();
  const { signal } = stopping;
  let doorbell = Promise.withResolvers<void>();
  const failingSince = new Map<string, { at: number; pauseMs: number; nextAt: number }>();

  for (const id of agents.list()) agents.get(id).files.setState('parsing', 'queued');
  const running = run();
  return {
    wake: () => {
      failingSince.clear();
      doorbell.resolve();
    },
    async stop() {
      stopping.abort();
      doorbell.resolve();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!signal.aborted) {
      doorbell = Promise.withResolvers<void>();
      let worked = false;
      for (const id of agents.list()) {
        if (signal.aborted) return;
        worked = (await attempt(id, parseNext)) || worked;
        worked = (await attempt(id, embedNext)) || worked;
      }
      if (worked) continue;
      await Promise.race([doorbell.promise, delay(FIRST_PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined)]);
    }
  }

  async function attempt(id: string, step: (id: string) => Promise<boolean>): Promise<boolean> {
    try {
      return await step(id);
    } catch (error) {
      if (signal.aborted || !agents.has(id)) return false; // the agent was deleted while its document was read
      log(`${id}: ${(error as Error).stack}`);
      return false;
    }
  }

  async function parseNext(id: string): Promise<boolean> {
    const { files, settings, blob } = agents.get(id);
    const file = files.next('queued');
    if (!file) return false;
    if (file.tries >= TRIES) {
      files.fail(file.id, { code: 'file.too_complex', message: 'Reading this file ended the service three times' });
      return true;
    }
    files.startParsing(file.id);
    const { chunk } = settings();
    try {
      const result = await parseInChild({ bytes: readFileSync(blob(file.sha256)), ...chunk, signal });
      const chunker = `${CHUNKER}:${chunk.size}:${chunk.overlap}`;
      save(agents.get(id), { file, chunker, ...result });
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof Problem)) log(`${id}: ${(error as Error).stack}`);
      const { code, message } =
        error instanceof Problem ? error : { code: 'internal.unexpected' as const, message: 'Reading this file failed' };
      agents.get(id).files.fail(file.id, { code, message });
    }
    return true;
  }

  async function embedNext(id: string): Promise<boolean> {
    const failing = failingSince.get(id);
    if (failing && performance.now() < failing.nextAt) return false;
    const collection = agents.get(id);
    if (!collection.files.next('embedding')) return false;
    const { embedding: source } = collection.settings();
    if (source.provider === 'none') {
      collection.files.finish(undefined);
      return true;
    }
    try {
      const key = [source.provider, source.model, await digestOf(source, signal), `profile ${PROFILES}`].join(' ');
      const known = agents
        .get(id)
        .vectors.list()
        .find((generation) => generation.key === key);
      const pending = agents.get(id).vectors.pending(known?.id, BATCH);
      if (pending.length > 0) {
        const profile = profileOf(source.model);
        const copies = pending.map(({ sha256 }) => known && agents.get(id).vectors.known(known, sha256));
        const fresh = pending.filter((_, index) => !copies[index]);
        const texts = fresh.map(({ text, heading }) => profile.document(text, heading).slice(0, profile.chars));
        const made =
          texts.length === 0
            ? []
            : await embed(source, { texts, signal: AbortSignal.any([signal, AbortSignal.timeout(DOCUMENTS_WITHIN_MS)]) });
        const { db, vectors, files } = agents.get(id);
        transaction(db, () => {
          const dimensions = made[0]?.length ?? known?.dimensions ?? 0;
          const generation = known ?? vectors.create({ key, source: withoutKey(source), dimensions });
          if (made.some(({ length }) => length !== generation.dimensions))
            throw new Problem('embedding.bad_answer', `The model answers ${dimensions} dimensions instead of ${generation.dimensions}`);
          const rest = made.values();
          vectors.add(
            generation,
            pending.flatMap(({ id: chunkId }, index) => {
              const vector = copies[index] ?? rest.next().value;
              return vector ? [{ chunkId, vector }] : [];
            }),
          );
          files.finish(generation.id);
        });
      } else agents.get(id).files.finish(known?.id);
      settle(agents.get(id), key);
      failingSince.delete(id);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof Problem)) throw error;
      return pause(id, error);
    }
  }

  /** Waits longer each time; what can not get better by waiting, or did not for long, fails, and the words still answer. */
  function pause(id: string, problem: Problem): boolean {
    const now = performance.now();
    const { at, pauseMs } = failingSince.get(id) ?? { at: now, pauseMs: FIRST_PAUSE_MS };
    failingSince.set(id, { at, pauseMs: Math.min(pauseMs * 2, LONGEST_PAUSE_MS), nextAt: now + pauseMs });
    if (problem.code === 'embedding.unavailable' && now - at < giveUpMs) return false;
    failingSince.delete(id);
    agents.get(id).files.failAll('embedding', { code: problem.code, message: problem.message });
    return true;
  }
}

function save(
  { db, files, chunks, vectors, sweepUnused }: Collection,
  { file, chunker, type, flags, drafts }: { file: StoredFile; chunker: string } & Awaited<ReturnType<typeof parseInChild>>,
): void {
  const isCurrent = files.byId(file.id)?.sha256 === file.sha256;
  if (!isCurrent) return; // deleted, or replaced by newer content, while it was read
  const gone = transaction(db, () => {
    const removed = chunks.replace(file.id, drafts);
    vectors.remove(removed);
    files.parsed({ id: file.id, sha256: file.sha256, type, chunker, flags });
    return removed;
  });
  if (gone.length > 0) checkpoint(db);
  sweepUnused();
}

/** When nothing waits any more: the new set of vectors takes over from the old in one step, and the way to search it follows its size. */
function settle({ db, files, vectors }: Collection, key: string): void {
  if (files.next('embedding') ?? files.next('queued')) return;
  const built = vectors.list().find((generation) => generation.key === key);
  if (!built) return;
  transaction(db, () => {
    vectors.activate(built.id);
    for (const { id } of vectors.list()) if (id !== built.id) vectors.drop(id);
    followSize(vectors, built);
  });
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
