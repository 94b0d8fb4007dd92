// One piece of work on a database file per thread: SQLite is synchronous, and a copy takes seconds.
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '../../lib/problem.ts';
import { fileWork } from './file-work.ts';

// Linux gives each thread a priority of its own, elsewhere it is the whole process's: requests come first on a busy machine.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

const { name, input } = workerData as { name: keyof typeof fileWork; input: never };

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(await outcome());

async function outcome(): Promise<object> {
  try {
    return { result: await fileWork[name](input) };
  } catch (error) {
    const { code, fix } = error instanceof Problem ? error : { code: (error as { code?: unknown }).code, fix: undefined };
    return { failure: { code, fix, message: error instanceof Error ? error.message : String(error) } };
  }
}
