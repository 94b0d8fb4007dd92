import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { Problem } from '../../../lib/problem.ts';
import type { Ragd } from '../../../lib/ragd.ts';
import type { Step } from '../../../tasks/plan.ts';
import type { InstallInput } from '../inputs.ts';
import { selfTestFailed } from '../rag.problems.ts';
import { AgentWire, AnswerWire, FilesWire } from '../wire.ts';
import { putBack, type StartParts } from './start.step.ts';

/** A collection that lives as long as the test; no agent of OpenClaw can have a name with a low line. */
export const TRIED_AGENT = 'clawmoor-try__';
const WITHIN_MS = 60_000;
const TEXT = '# Lighthouses\n\nThe lamp of the outer mole is lit at half past seven.\n';

const tried = new WeakSet<AbortSignal>();

/** A document is read and found; where that fails, what ran before runs again. */
export const tryStep = (parts: StartParts): Step<InstallInput> => ({
  key: 'try',
  title: 'Read a document and find it',
  done: async ({ signal }) => tried.has(signal),
  async apply(context) {
    const { host, serverId, signal, log } = context;
    const ragd = await parts.access.open(host, serverId, signal);
    const why = await tryOut(ragd, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof Problem && error.code.startsWith('rag.')) return error.message;
      throw error;
    });
    if (why === undefined) {
      log('A document was read, found and deleted.');
      return void tried.add(signal);
    }
    await putBack(parts, context, why).catch((error: unknown) => {
      throw error instanceof Problem && error.code === 'rag.not_started' ? selfTestFailed(why) : error;
    });
  },
});

/** Why it does not work; `undefined` where it does. */
async function tryOut(ragd: Ragd, signal: AbortSignal): Promise<string | undefined> {
  const at = `/agents/${TRIED_AGENT}`;
  const nothing = z.object({});
  await ragd.ask({ method: 'PUT', path: at, body: {}, answers: nothing });
  try {
    await ragd.ask({ method: 'PUT', path: `${at}/files?name=try.md`, content: bytes(TEXT), answers: nothing });
    const endAt = performance.now() + WITHIN_MS;
    for (;;) {
      const { states } = await ragd.ask({ method: 'GET', path: at, answers: AgentWire });
      if (states.failed > 0) return await reasonOf(ragd, at);
      if (states.done > 0) break;
      if (performance.now() > endAt) return 'a document was not read within a minute';
      await delay(200, undefined, { signal });
    }
    const { results } = await ragd.ask({ method: 'POST', path: `${at}/query`, body: { query: 'lamp of the mole' }, answers: AnswerWire });
    return results.some(({ text }) => text.includes('half past seven')) ? undefined : 'a document was not found again';
  } finally {
    await ragd.ask({ method: 'DELETE', path: at, answers: nothing }).catch(() => {});
  }
}

async function reasonOf(ragd: Ragd, at: string): Promise<string> {
  const { files } = await ragd.ask({ method: 'GET', path: `${at}/files`, answers: FilesWire });
  return files[0]?.error?.message ?? 'a document could not be read';
}

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
