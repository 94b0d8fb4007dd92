import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join, dirname } from 'node:path';
import * as z from 'zod/mini';
import { limits } from '../limits.ts';
import { isProblemCode, Problem } from '../problem.ts';
import type { ParseResult } from './parse.ts';

const Answer = z.union([
  z.object({ problem: z.object({ code: z.string(), message: z.string(), fix: z.optional(z.string()) }) }),
  z.object({
    type: z.string(),
    flags: z.array(z.string()),
    drafts: z.array(
      z.object({
        heading: z.string(),
        text: z.string(),
        overlap: z.int(),
        position: z.object({
          unit: z.enum(['page', 'line', 'row', 'paragraph']),
          from: z.int(),
          to: z.int(),
          heading: z.optional(z.string()),
          part: z.optional(z.string()),
        }),
      }),
    ),
  }),
]);

const WATCH_MS = 50;
const PAGE_BYTES = 4_096;

/** Parses a document in a child process that may read nothing but its own code, and is killed when it takes too much time or memory. */
export async function parseInChild({
  bytes,
  size,
  overlap,
  signal,
}: {
  bytes: Buffer;
  size: number;
  overlap: number;
  signal: AbortSignal;
}): Promise<ParseResult> {
  const child = spawn(process.execPath, [...words(), 'parse', String(size), String(overlap)], { env: {}, stdio: ['pipe', 'pipe', 'pipe'] });
  const { output, error } = await ended({ child, bytes, signal });
  signal.throwIfAborted();
  if (error) throw error;
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw tooComplex();
  }
  const result = Answer.parse(answer);
  if (!('problem' in result)) return result as ParseResult; // only optional fields differ in how they say "absent"
  const { code, message, fix } = result.problem;
  throw new Problem(isProblemCode(code) ? code : 'file.broken', message, fix === undefined ? {} : { fix });
}

function words(): string[] {
  // Started through a link, as `current` is one: what may be read is named by where it really lies.
  const script = realpathSync(process.argv[1] ?? '.');
  // The bundle is one file; in development the libraries lie in node_modules above it.
  const readable = script.endsWith('.mjs') ? dirname(script) : join(import.meta.dirname, '../../..');
  return ['--permission', `--allow-fs-read=${readable}/*`, `--max-old-space-size=${limits.parseHeapMib}`, '--no-warnings', script];
}

function ended({
  child,
  bytes,
  signal,
}: {
  child: ChildProcess;
  bytes: Buffer;
  signal: AbortSignal;
}): Promise<{ output: string; error?: Problem }> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let [length, problem, complaint] = [0, undefined as Problem | undefined, ''];
    const end = (why?: Problem): void => {
      problem ??= why;
      child.kill('SIGKILL');
    };
    const late = setTimeout(
      () => end(new Problem('file.too_slow', 'This file takes more than a minute to read', { fix: 'Split it into parts.' })),
      limits.parseMs,
    );
    const watch = setInterval(() => {
      if (residentBytes(child.pid) > limits.parseRssMib * 1024 * 1024) end(tooComplex());
    }, WATCH_MS);
    const stop = (): void => end();
    signal.addEventListener('abort', stop);
    child.stdout?.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > limits.parseOutputBytes) return end(tooComplex());
      pieces.push(piece);
    });
    child.stderr?.on('data', (piece: Buffer) => (complaint = (complaint + piece.toString()).slice(-2_000)));
    child.stdin?.on('error', () => undefined); // a child that ended early; its exit says why
    child.stdin?.end(bytes);
    const settle = (): void => {
      clearTimeout(late);
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
      const failed = child.exitCode !== 0 && !problem ? childFailed(child, complaint) : problem;
      resolve({ output: Buffer.concat(pieces).toString('utf8'), ...(failed && { error: failed }) });
    };
    child.once('error', (cause) => {
      problem ??= new Problem('internal.unexpected', `The parser could not be started: ${cause.message}`);
      settle();
    });
    child.once('close', settle);
  });
}

/** Out of heap Node ends with SIGABRT, and the kernel's own killer with SIGKILL. */
function childFailed({ signalCode }: ChildProcess, complaint: string): Problem {
  if (signalCode !== null || /heap out of memory/.test(complaint)) return tooComplex();
  return new Problem('file.broken', `This file cannot be read (${complaint.trim().split('\n').at(-1)?.slice(0, 200) ?? ''})`);
}

const tooComplex = (): Problem =>
  new Problem('file.too_complex', 'This file needs too much memory to be read', {
    fix: 'Split it into parts, or save it in a simpler format such as text.',
  });

function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0; // it has just ended, or this is no Linux
  }
}
