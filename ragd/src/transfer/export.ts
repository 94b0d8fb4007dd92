import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, linkSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { createArchiveReader } from '../store/archive.store.ts';
import { openSnapshot } from '../store/database.ts';
import { createMeta } from '../store/meta.store.ts';
import { Settings } from '../settings.ts';
import { VERSION } from '../version.ts';
import type { DocumentLine, Manifest } from './manifest.ts';

interface Member {
  sha256: string;
  bytes: number;
  read: () => Readable;
}

const GZIP_LEVEL = 3; // most of it is packed already, or vectors, which do not pack
const ROWS_PER_TURN = 200;

/** An agent's documents, passages and vectors as a `tar.gz`. It is made while it is read; nothing of it lies on the disk. */
export function exportArchive({ id, folder, withVectors }: { id: string; folder: string; withVectors: boolean }): Readable {
  const [archive, packed] = [pack(), createGzip({ level: GZIP_LEVEL })];
  const ended = pipeline(archive, packed).catch(() => undefined); // its reader hears of the failure from `packed`
  const held = join(dirname(folder), `.export-${randomBytes(9).toString('hex')}`);
  const db = openSnapshot(join(folder, 'index.sqlite'));
  void (async () => {
    try {
      await fill(archive, { id, folder, held, withVectors, db });
    } catch (error) {
      packed.destroy(error as Error);
    } finally {
      await ended;
      db.close();
      rmSync(held, { recursive: true, force: true });
    }
  })();
  return packed;
}

async function fill(
  archive: Pack,
  {
    id,
    folder,
    held,
    withVectors,
    db,
  }: { id: string; folder: string; held: string; withVectors: boolean; db: ReturnType<typeof openSnapshot> },
): Promise<void> {
  const [reader, meta] = [createArchiveReader(db), createMeta(db)];
  const documents = [...reader.documents()];
  mkdirSync(held, { mode: 0o700 });
  const generation = withVectors ? reader.active : undefined;
  const lines = (rows: () => Iterable<object>) => () => Readable.from(slowly(rows, (row) => Buffer.from(`${JSON.stringify(row)}\n`)));
  const chunks = lines(function* () {
    for (const line of reader.chunks()) yield withVectors ? line : { ...line, vector: false };
  });
  const members = new Map<string, Member>([
    ['documents.jsonl', await measured(lines(() => documents))],
    ['chunks.jsonl', await measured(chunks)],
    ...(generation ? [['vectors.f32', await measured(() => Readable.from(slowly(() => reader.vectors(), Buffer.from)))] as const] : []),
    ...originals({ documents, folder, held }),
  ]);
  const { embedding, ...rest } = Settings.parse(JSON.parse(meta.get('settings') ?? '{}'));
  const settings =
    embedding.provider === 'openai-compatible' ? { ...rest, embedding: { ...embedding, apiKey: undefined } } : { ...rest, embedding };
  const vectorBytes = members.get('vectors.f32')?.bytes ?? 0;
  const manifest: Manifest = {
    format: 1,
    agent: id,
    version: VERSION,
    createdAt: new Date().toISOString(),
    settings,
    epoch: Number(meta.get('epoch') ?? 0),
    generation: generation
      ? { key: generation.key, epoch: generation.epoch, source: generation.source, dimensions: generation.dimensions }
      : null,
    counts: {
      files: documents.length,
      chunks: reader.count(),
      vectors: generation ? vectorBytes / (generation.dimensions * 4) : 0,
    },
    members: Object.fromEntries([...members].map(([name, { sha256, bytes }]) => [name, { sha256, bytes }])),
  };
  const text = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
  await write(archive, { name: 'manifest.json', bytes: text.length, read: () => Readable.from([text]) });
  for (const [name, { bytes, read }] of members) await write(archive, { name, bytes, read });
  archive.finalize();
}

/** Links to the originals: one that is deleted while the archive is made is in it all the same. */
function originals({ documents, folder, held }: { documents: readonly DocumentLine[]; folder: string; held: string }): [string, Member][] {
  const hashes = [...new Set(documents.map(({ sha256 }) => sha256))];
  return hashes.map((sha256) => {
    const path = join(held, sha256);
    linkSync(join(folder, 'blobs', sha256), path);
    return [`documents/${sha256}`, { sha256, bytes: statSync(path).size, read: () => createReadStream(path) }];
  });
}

async function measured(read: () => Readable): Promise<Member> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of read() as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest('hex'), bytes, read };
}

const write = async (archive: Pack, { name, bytes, read }: { name: string; bytes: number; read: () => Readable }): Promise<void> =>
  pipeline(read(), archive.entry({ name, size: bytes, mode: 0o600 }));

/** Row by row, and questions are answered in between. */
async function* slowly<Row>(rows: () => Iterable<Row>, bytesOf: (row: Row) => Buffer): AsyncIterable<Buffer> {
  let n = 0;
  for (const row of rows()) {
    yield bytesOf(row);
    n += 1;
    if (n % ROWS_PER_TURN === 0) await turn();
  }
}
