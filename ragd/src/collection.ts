import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Settings } from './settings.ts';
import { createChunks, type Chunks } from './store/chunks.store.ts';
import { checkpoint, openDatabase, transaction } from './store/database.ts';
import { createFiles, type Files } from './store/files.store.ts';
import { createJobs, type Jobs } from './store/jobs.store.ts';
import { createMeta } from './store/meta.store.ts';
import { createVectors, type Vectors } from './store/vectors.store.ts';

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
  /** Where a document's original lies: under its hash, never under its name. */
  blob: (sha256: string) => string;
  /** Removes a document with its passages, words, vectors and original, and counts them. */
  removeFile: (fileId: string) => { chunks: number; vectors: number; blobs: number };
  /** Originals that no document has any more, and drafts of a killed upload. */
  sweepBlobs: () => number;
  /** Originals of which the newer content has been read; an upload that is being written stays. */
  sweepUnused: () => number;
  close: () => void;
}

export function openCollection({ id, folder }: { id: string; folder: string }): Collection {
  const blobs = join(folder, 'blobs');
  mkdirSync(blobs, { recursive: true, mode: 0o700 });
  const db = openDatabase(join(folder, 'index.sqlite'));
  const [files, chunks, vectors, jobs, meta] = [createFiles(db), createChunks(db), createVectors(db), createJobs(db), createMeta(db)];
  const blob = (sha256: string): string => join(blobs, sha256);
  const sweepBlobs = (): number => {
    const gone = readdirSync(blobs).filter((name) => !files.has(name));
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
    blob,
    sweepBlobs,
    sweepUnused,
    settings: () => Settings.parse(JSON.parse(meta.get('settings') ?? '{}')),
    saveSettings: (settings) => meta.set('settings', JSON.stringify(settings)),
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
      return { ...removed, blobs: sweepUnused() };
    },
    close: () => db.close(),
  };

  function sweepUnused(): number {
    // An upload that is being written has a name that is no hash; it is left alone here.
    const gone = readdirSync(blobs).filter((name) => /^[0-9a-f]{64}$/.test(name) && !files.has(name));
    for (const name of gone) rmSync(join(blobs, name), { force: true });
    return gone.length;
  }
}

/** Bytes on the disk below a folder, one level of folders deep: what an agent has. */
export function bytesOf(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    total += entry.isDirectory() ? bytesOf(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  }
  return total;
}
