import { Worker } from 'node:worker_threads';
import { problemStatus, type ProblemCode } from '@clawmoor/shared/problem.ts';
import type { DatabaseFiles } from '../../lib/database-files.ts';
import { Problem } from '../../lib/problem.ts';
import { storageFull } from './database.ts';
import type { fileWork } from './file-work.ts';

type Name = keyof typeof fileWork;

// Beside the sources it is TypeScript, beside the bundle it is what the build made of it.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './file-worker.ts' : './file-worker.mjs', import.meta.url);
/** SQLite is asked to copy at most this long; 10 GB take a minute. */
const WITHIN_MS = 30 * 60_000;

/** Does the work in a thread of its own each: requests are served meanwhile as if nothing happened. */
export function createDatabaseFiles(): DatabaseFiles {
  const inThread =
    <N extends Name>(name: N) =>
    (input: Parameters<(typeof fileWork)[N]>[0], signal?: AbortSignal): ReturnType<(typeof fileWork)[N]> =>
      // The worker answers with what the function of this name answers.
      runWorker({ name, input }, signal) as ReturnType<(typeof fileWork)[N]>;
  const check = inThread('check');
  return {
    ending: 'db',
    copy: inThread('copy'),
    check,
    pack: inThread('pack'),
    unpack: inThread('unpack'),
    // To open a file and read all of it is to restore it.
    tryOut: async (file, signal) => ({ facts: await check(file, signal), restored: true }),
    digest: inThread('digest'),
  };
}

interface Message {
  result?: unknown;
  failure?: { code: unknown; fix: string | undefined; message: string };
}

function runWorker(work: { name: Name; input: unknown }, signal?: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.any([AbortSignal.timeout(WITHIN_MS), ...(signal ? [signal] : [])]);
  return new Promise((resolve, reject) => {
    if (limit.aborted) return reject(limit.reason);
    const worker = new Worker(WORKER, { workerData: work, execArgv: [] });
    const stop = (): void => {
      reject(limit.reason);
      void worker.terminate();
    };
    limit.addEventListener('abort', stop, { once: true });
    worker.once('message', ({ result, failure }: Message) => (failure ? reject(failureOf(failure)) : resolve(result)));
    worker.once('error', reject);
    worker.once('exit', (code) => {
      limit.removeEventListener('abort', stop);
      reject(new Error(`The thread that was to ${work.name} a database ended with ${code}`));
    });
  });
}

function failureOf({ code, fix, message }: NonNullable<Message['failure']>): Error {
  if (typeof code === 'string' && isProblemCode(code)) return new Problem(code, message, { ...(fix !== undefined && { fix }) });
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return storageFull(message);
  return Object.assign(new Error(message), { code });
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemStatus, code);
