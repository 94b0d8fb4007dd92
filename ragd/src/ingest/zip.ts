import { inflateRawSync } from 'node:zlib';
import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';

export interface ZipEntry {
  name: string;
  size: number;
  read: () => Buffer;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const COMMENT_BYTES = 65_535;

/**
 * The entries of a zip container, refused before anything is unpacked when it would be too much. Sizes that lie are caught too: an entry
 * is never unpacked beyond what the directory says.
 */
export function openZip(bytes: Buffer): ZipEntry[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end < bytes.length - END_BYTES - COMMENT_BYTES || bytes.readUInt32LE(end) !== END) throw broken();
  const count = bytes.readUInt16LE(end + 10);
  if (count > limits.zipEntries) throw bomb(`${count} entries`);
  const entries: ZipEntry[] = [];
  let [at, total] = [bytes.readUInt32LE(end + 16), 0];
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL) throw broken();
    const [flags, method, packed, size] = [
      bytes.readUInt16LE(at + 8),
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 24),
    ];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [number, number, number]; // three fields, three numbers
    const name = bytes.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
    const local = bytes.readUInt32LE(at + 42);
    if (flags & 1)
      throw new Problem('file.encrypted', 'This file is protected by a password', {
        fix: 'Save it without a password and upload it again.',
      });
    total += size;
    if (total > limits.zipBytes) throw bomb('more than 100 MiB');
    if (size > limits.zipRatioFromBytes && size / Math.max(packed, 1) > limits.zipRatio) throw bomb('an entry packed over 100 times');
    entries.push({ name, size, read: () => unpack({ bytes, local, packed, size, method }) });
    at += CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

/** The libraries unpack by themselves and believe the sizes; so each entry is unpacked once under its limit before. */
export function checkSizes(entries: readonly ZipEntry[]): void {
  for (const entry of entries) entry.read();
}

function unpack({
  bytes,
  local,
  packed,
  size,
  method,
}: {
  bytes: Buffer;
  local: number;
  packed: number;
  size: number;
  method: number;
}): Buffer {
  if (local + LOCAL_BYTES > bytes.length) throw broken();
  const from = local + LOCAL_BYTES + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = bytes.subarray(from, from + packed);
  if (method === 0) return content;
  if (method !== 8) throw broken();
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw bomb('an entry larger than it says');
    throw broken(error);
  }
}

const broken = (cause?: unknown): Problem =>
  new Problem('file.broken', 'This file is damaged', { fix: 'Open it on your device, save it again and upload the copy.', cause });

const bomb = (what: string): Problem =>
  new Problem('file.zip_bomb', `This file unpacks to far too much (${what})`, { fix: 'Split it into smaller documents.' });
