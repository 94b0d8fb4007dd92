import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import type { Route } from '@clawmoor/shared/route.ts';
import type { Upload } from '../lib/caller.ts';
import { Problem } from '../lib/problem.ts';

// A phone on a train pauses; one that says nothing for this long has gone.
const SILENT_MS = 60_000;
const MIB = 1024 * 1024;

type Part = Readable & { truncated?: boolean };

/** The files of a multipart request in the field `files`, one after the other as they arrive; nothing is kept in memory or on the disk. */
export async function* readUploads(request: Request, { most, eachBytes }: NonNullable<Route['takes']>): AsyncGenerator<Upload> {
  const form = formOf(request, { most, eachBytes });
  const waiting: { name: string; part: Part }[] = [];
  const parts = new Set<Part>();
  let [ended, tooMany] = [false, false];
  let failed: Error | undefined;
  let wake = (): void => {};
  const fail = (error: Error): void => {
    failed ??= error;
    for (const part of parts) part.destroy(failed);
    wake();
  };
  form.on('file', (field: string, part: Part, name: string) => {
    if (field !== 'files') return void part.resume();
    parts.add(part.on('error', () => {}));
    waiting.push({ name, part });
    wake();
  });
  form.once('filesLimit', () => (tooMany = true));
  form.once('finish', () => ((ended = true), wake()));
  form.once('error', () => fail(notReadable()));
  request.once('close', () => request.complete || fail(cutOff()));
  request.setTimeout(SILENT_MS, () => request.destroy());
  request.pipe(form);
  try {
    for (;;) {
      const next = waiting.shift();
      if (next) yield { name: next.name, stream: pieces(next.part, eachBytes) };
      else if (failed) throw failed;
      else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (tooMany) throw tooManyFiles(most);
  } finally {
    request.unpipe(form);
    request.resume(); // the rest is not wanted, and an answer is only read when all was sent
  }
}

function formOf(request: Request, { most, eachBytes }: NonNullable<Route['takes']>): BusboyInstance {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;.*boundary=/i.test(type))
    throw new Problem('request.unsupported_type', 'Send the files as multipart/form-data, in the field “files”');
  const limits = { files: most, fileSize: eachBytes, fields: 50, fieldSize: 4_096, parts: most + 50, headerSize: 16_384 };
  try {
    return new Busboy({ headers: { ...request.headers, 'content-type': type }, limits });
  } catch {
    throw notReadable();
  }
}

async function* pieces(part: Part, most: number): AsyncGenerator<Buffer> {
  yield* part as AsyncIterable<Buffer>;
  if (part.truncated)
    throw new Problem('request.too_large', `A file may have ${Math.round(most / MIB)} MB at most`, { fix: 'Split it into parts.' });
}

const notReadable = (): Problem => new Problem('request.invalid', 'The files cannot be read: this is no multipart form');
const cutOff = (): Problem =>
  new Problem('rag.upload_ended', 'The upload ended early', { fix: 'Send it again; what had arrived whole is there.' });
const tooManyFiles = (most: number): Problem =>
  new Problem('request.invalid', `At most ${most} files at once`, { issues: [{ path: 'files', message: `at most ${most}` }] });
