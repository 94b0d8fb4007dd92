import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';

/** The JSON of a request as its schema says; an empty body is `{}`. */
export async function body<Schema extends z.core.$ZodType>(request: IncomingMessage, schema: Schema): Promise<z.output<Schema>> {
  const pieces: Buffer[] = [];
  for await (const piece of atMost(request, limits.jsonBytes)) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Problem('request.invalid', 'The body is no JSON');
  }
  return parsed(schema, value);
}

export function parsed<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Problem('request.invalid', `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not right'}`.trim());
}

export interface Draft {
  path: string;
  sha256: string;
  size: number;
}

/** Writes the bytes of a request into a file of the folder, 0600, hashing them on the way; of an upload that ends early nothing is left. */
export async function draft(request: IncomingMessage, { folder, most }: { folder: string; most: number }): Promise<Draft> {
  const path = `${folder}/${randomBytes(9).toString('hex')}.draft`;
  const hash = createHash('sha256');
  let size = 0;
  const file = openSync(path, 'wx', 0o600);
  try {
    for await (const piece of atMost(request, most)) {
      for (let at = 0; at < piece.length;) at += writeSync(file, piece, at);
      hash.update(piece);
      size += piece.length;
    }
    if (!request.complete) throw new Problem('request.invalid', 'The upload ended early', { fix: 'Send it again.' });
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return { path, sha256: hash.digest('hex'), size };
}

async function* atMost(request: IncomingMessage, most: number): AsyncIterable<Buffer> {
  const tooLarge = (): Problem =>
    new Problem('request.too_large', `More than ${most} bytes are not taken`, { fix: 'Split the document into parts.' });
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge();
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > most) throw tooLarge();
    yield piece;
  }
}
