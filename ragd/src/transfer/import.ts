import { randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync, openSync, closeSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import * as z from 'zod/mini';
import { openCollection, type Collection } from '../collection.ts';
import { Problem } from '../problem.ts';
import { Settings } from '../settings.ts';
import { createArchiveWriter } from '../store/archive.store.ts';
import { chunkHash } from '../store/chunks.store.ts';
import { transaction } from '../store/database.ts';
import { ChunkLine, DocumentLine, type Manifest } from './manifest.ts';
import { broken, unpack } from './unpack.ts';

export interface Prepared {
  folder: string;
  imported: { files: number; chunks: number; vectors: number };
  /** Removes what is still there of the prepared folder. */
  dispose: () => void;
}

const ROWS_PER_TRANSACTION = 500;

/** Verifies a whole archive and builds the agent's folder from it beside the others; nothing of a bad one is left. */
export async function importArchive(
  archive: Readable,
  { id, root, settings, signal }: { id: string; root: string; settings?: Settings | undefined; signal: AbortSignal },
): Promise<Prepared> {
  const folder = join(root, `.import-${randomBytes(9).toString('hex')}`);
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'blobs'), { recursive: true, mode: 0o700 });
  try {
    const manifest = await unpack(archive, { folder, signal });
    const collection = openCollection({ id, folder });
    try {
      const imported = await fill(collection, { manifest, folder, settings });
      for (const name of ['documents.jsonl', 'chunks.jsonl', 'vectors.f32']) rmSync(join(folder, name), { force: true });
      return { folder, imported, dispose };
    } finally {
      collection.close();
    }
  } catch (error) {
    dispose();
    throw error;
  }
}

async function fill(
  collection: Collection,
  { manifest, folder, settings }: { manifest: Manifest; folder: string; settings: Settings | undefined },
): Promise<Prepared['imported']> {
  const { db, files, vectors, saveEpoch, saveSettings } = collection;
  const stored = z.safeParse(Settings, manifest.settings);
  if (!stored.success) throw broken('its settings are not right');
  saveSettings(settings ?? stored.data);
  saveEpoch(manifest.epoch);
  const known = new Set<string>();
  for await (const rows of batches(join(folder, 'documents.jsonl'), DocumentLine))
    transaction(db, () => {
      for (const row of rows) {
        if (!(`documents/${row.sha256}` in manifest.members)) throw broken('it lacks a document');
        files.restore(row);
        known.add(row.id);
      }
    });
  const { generation: source } = manifest;
  const generation = source ? vectors.create({ ...source, key: source.key }) : undefined;
  const insert = createArchiveWriter(db);
  const vectorFile = generation ? openSync(join(folder, 'vectors.f32'), 'r') : undefined;
  const counts = { chunks: 0, vectors: 0 };
  try {
    for await (const rows of batches(join(folder, 'chunks.jsonl'), ChunkLine))
      transaction(db, () => {
        for (const row of rows) {
          if (!known.has(row.file) || chunkHash(row) !== row.sha256) throw broken('a passage does not belong to it');
          const chunkId = insert(row);
          counts.chunks += 1;
          if (!row.vector) continue;
          if (!generation || vectorFile === undefined) throw broken('it lacks its vectors');
          vectors.add(generation, [{ chunkId, sha256: row.sha256, vector: nextVector(vectorFile, generation.dimensions) }]);
          counts.vectors += 1;
        }
      });
  } finally {
    if (vectorFile !== undefined) closeSync(vectorFile);
  }
  const promised = manifest.counts;
  if (known.size !== promised.files || counts.chunks !== promised.chunks || counts.vectors !== promised.vectors)
    throw broken('it holds another number of things than it says');
  return { files: known.size, ...counts };
}

function nextVector(file: number, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const bytes = new Uint8Array(vector.buffer);
  if (readSync(file, bytes) !== bytes.length) throw broken('its vectors end early');
  if (!vector.every(Number.isFinite)) throw broken('a vector in it is not a direction');
  return vector;
}

/** The lines of a file, some hundred at a time; questions are answered in between. */
async function* batches<Schema extends z.core.$ZodType>(path: string, schema: Schema): AsyncIterable<z.output<Schema>[]> {
  let rows: z.output<Schema>[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    rows.push(parsedLine(line, schema));
    if (rows.length < ROWS_PER_TRANSACTION) continue;
    yield rows;
    rows = [];
    await turn();
  }
  if (rows.length > 0) yield rows;
}

function parsedLine<Schema extends z.core.$ZodType>(line: string, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Problem('archive.broken', 'This archive is damaged: a line in it is no JSON', { cause });
  }
  const result = z.safeParse(schema, value);
  if (!result.success) throw broken('a line in it is not what it should be');
  return result.data;
}
