import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import { Manifest } from './manifest.ts';

const MANIFEST_BYTES = 4 * 1024 * 1024;

/**
 * Writes the members of an archive into the folder, each checked against the manifest, documents under their hash. Nothing else is written: a member
 * that the manifest does not name, or whose name is not one of ours, ends it.
 */
export async function unpack(archive: Readable, { folder, signal }: { folder: string; signal: AbortSignal }): Promise<Manifest> {
  const members = extract();
  const read = pipeline(archive, atMost(limits.archiveBytes), createGunzip(), atMost(limits.archiveUnpackedBytes), members, { signal });
  read.catch(() => undefined); // awaited below
  let manifest: Manifest | undefined;
  try {
    for await (const entry of members) {
      const { name, type } = entry.header;
      if (type !== 'file') throw broken('it holds something that is no file');
      if (!manifest) {
        if (name !== 'manifest.json') throw broken('it does not begin with its manifest');
        manifest = await readManifest(entry as unknown as Readable);
        continue;
      }
      const wanted = manifest.members[name];
      if (!wanted) throw broken('it holds a file that its manifest does not name');
      const path = name.startsWith('documents/') ? join(folder, 'blobs', name.slice('documents/'.length)) : join(folder, name);
      if (existsSync(path)) throw broken('it holds a file twice');
      const got = await save(entry as unknown as Readable, path);
      const isDocument = name === `documents/${got.sha256}`;
      if (got.sha256 !== wanted.sha256 || got.bytes !== wanted.bytes || (name.startsWith('documents/') && !isDocument))
        throw broken('a file in it is not what its manifest says');
    }
    await read;
  } catch (error) {
    throw translated(error);
  }
  if (!manifest) throw broken('it is empty');
  for (const name of Object.keys(manifest.members)) {
    const path = name.startsWith('documents/') ? join(folder, 'blobs', name.slice('documents/'.length)) : join(folder, name);
    if (!existsSync(path)) throw broken('it ends early');
  }
  return manifest;
}

async function readManifest(entry: Readable): Promise<Manifest> {
  const pieces: Buffer[] = [];
  for await (const piece of entry as AsyncIterable<Buffer>) {
    pieces.push(piece);
    if (pieces.reduce((sum, { length }) => sum + length, 0) > MANIFEST_BYTES) throw broken('its manifest is too long');
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw broken('its manifest is no JSON');
  }
  const result = z.safeParse(Manifest, value);
  if (!result.success) throw broken('its manifest is of another format');
  checkSizes(result.data);
  return result.data;
}

/** What would not fit here is refused before it is unpacked. */
function checkSizes({ members }: Manifest): void {
  const documents = Object.entries(members).filter(([name]) => name.startsWith('documents/'));
  const total = documents.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  if (documents.length > limits.agentFiles || total > limits.agentBytes || documents.some(([, { bytes }]) => bytes > limits.fileBytes))
    throw new Problem('agent.limit_reached', `An agent may have ${limits.agentFiles} documents and ${limits.agentBytes / 1024 ** 2} MiB`, {
      fix: 'Export fewer documents.',
    });
}

async function save(entry: Readable, path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = openSync(path, 'wx', 0o600);
  try {
    for await (const piece of entry as AsyncIterable<Buffer>) {
      for (let at = 0; at < piece.length;) at += writeSync(file, piece, at);
      hash.update(piece);
      bytes += piece.length;
    }
  } finally {
    closeSync(file);
  }
  return { sha256: hash.digest('hex'), bytes };
}

function atMost(most: number): Transform {
  let length = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      length += piece.length;
      if (length > most)
        return done(
          new Problem('request.too_large', `More than ${most} bytes of an archive are not taken`, {
            fix: 'Export it without its vectors (vectors=0).',
          }),
        );
      done(null, piece);
    },
  });
}

function translated(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const { code = '', message } = error as { code?: string; message: string };
  if (code.startsWith('Z_') || /Invalid tar|Unexpected end|Size mismatch/i.test(message)) return broken('it cannot be unpacked', error);
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET') return broken('the upload ended early', error);
  return error;
}

export const broken = (why: string, cause?: unknown): Problem =>
  new Problem('archive.broken', `This archive is damaged: ${why}`, { fix: 'Export it again; nothing was imported.', cause });
