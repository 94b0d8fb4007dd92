import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { chunkerOf, Settings } from './settings.ts';
import { Problem } from './problem.ts';
import { createChunks, type Chunks } from './store/chunks.store.ts';
import { checkpoint, isDiskFull, openDatabase, transaction } from './store/database.ts';
import { createFiles, type Files } from './store/files.store.ts';
import { createJobs, type Jobs } from './store/jobs.store.ts';
import { createMeta } from './store/meta.store.ts';
import { createVectors, type Generation, type Vectors } from './store/vectors.store.ts';

/** Everything that belongs to one agent: its database, its original documents, its settings. */
export interface Collection {
  id: string;
  db: DatabaseSync;
  files: Files;
  chunks: Chunks;
  vectors: Vectors;
  jobs: Jobs;
  settings: () => Settings;
  saveSettings: (settings: Settings) => void;
  /** Vectors of this epoch are wanted; it rises with another model and with a full reindex. */
  epoch: () => number;
  saveEpoch: (epoch: number) => void;
  /** The vectors that are wanted, as far as they are there: the ones that answer, or the ones that are built beside them. */
  target: () => Generation | undefined;
  /** Where a document's original lies: under its hash, never under its name. */
  blob: (sha256: string) => string;
  /** Removes a document with its passages, words, vectors and original, and counts them. */
  removeFile: (fileId: string) => { chunks: number; vectors: number; blobs: number };
  /** Originals that no document has any more, and at the start of the service drafts of a killed upload too. */
  sweepBlobs: (options?: { drafts: boolean }) => number;
  close: () => void;
}

export function openCollection({ id, folder }: { id: string; folder: string }): Collection {
  const blobs = join(folder, 'blobs');
  mkdirSync(blobs, { recursive: true, mode: 0o700 });
  const db = open(id, join(folder, 'index.sqlite'));
  const [files, chunks, vectors, jobs, meta] = [createFiles(db), createChunks(db), createVectors(db), createJobs(db), createMeta(db)];
  const epoch = (): number => Number(meta.get('epoch') ?? 0);
  const sweepBlobs = ({ drafts } = { drafts: false }): number => {
    const gone = readdirSync(blobs).filter((name) => (drafts || /^[0-9a-f]{64}$/.test(name)) && !files.has(name));
    for (const name of gone) rmSync(join(blobs, name), { force: true });
    return gone.length;
  };
  return {
    id,
    db,
    files,
    chunks,
    vectors,
    jobs,
    epoch,
    sweepBlobs,
    blob: (sha256) => join(blobs, sha256),
    settings: () => Settings.parse(JSON.parse(meta.get('settings') ?? '{}')),
    saveSettings: (settings) => meta.set('settings', JSON.stringify(settings)),
    saveEpoch: (next) => meta.set('epoch', String(next)),
    target: () => vectors.list().findLast((generation) => generation.epoch === epoch()),
    removeFile(fileId) {
      const removed = transaction(db, () => {
        const ids = chunks.idsOf(fileId);
        const before = vectors.count();
        vectors.remove(ids);
        chunks.remove(ids);
        files.remove(fileId);
        return { chunks: ids.length, vectors: before - vectors.count() };
      });
      checkpoint(db);
      return { ...removed, blobs: sweepBlobs() };
    },
    close: () => db.close(),
  };
}

/** Makes new settings count: what they leave as it was is kept, the rest is read or embedded again. Answers the documents that wait now. */
export function applySettings(collection: Collection, settings: Settings): string[] {
  const { db, files, vectors, epoch, saveEpoch, saveSettings, target } = collection;
  const before = collection.settings();
  return transaction(db, () => {
    saveSettings(settings);
    const { embedding } = settings;
    if (embedding.provider === 'none') return files.queueOutdated({ chunker: chunkerOf(settings), failed: false });
    const active = vectors.active();
    const isActive = active !== undefined && active.source.provider === embedding.provider && active.source.model === embedding.model;
    const changed = before.embedding.provider !== embedding.provider || before.embedding.model !== embedding.model;
    // Back at the model that answers: what was begun for another one is not needed any more.
    if (isActive && active.epoch !== epoch() && changed) {
      for (const { id } of vectors.list()) if (id !== active.id) vectors.drop(id);
      saveEpoch(active.epoch);
    } else if (active !== undefined && !isActive && changed) saveEpoch(nextEpoch(collection));
    const outdated = files.queueOutdated({ chunker: chunkerOf(settings), failed: false });
    return [...outdated, ...files.awaitVectors(target()?.id)];
  });
}

export const nextEpoch = ({ vectors, epoch }: Collection): number => Math.max(epoch(), ...vectors.list().map((one) => one.epoch)) + 1;

function open(id: string, path: string): DatabaseSync {
  try {
    return openDatabase(path);
  } catch (error) {
    const { code, errcode } = error as { code?: string; errcode?: number };
    if (code !== 'ERR_SQLITE_ERROR' || isDiskFull(errcode)) throw error; // a full disk is no broken database
    throw new Problem('agent.broken', `The database of the agent ${id} cannot be opened: ${(error as Error).message}`, {
      fix: 'Import its last export, or delete the agent here and upload its documents again.',
      cause: error,
    });
  }
}

/** Bytes on the disk below a folder: what an agent has. */
export function bytesOf(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    total += entry.isDirectory() ? bytesOf(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  }
  return total;
}
