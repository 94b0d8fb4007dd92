import type { Logger } from 'pino';
import type { NodePackages } from '../lib/node-packages.ts';

const ASK_EVERY_MS = 6 * 3_600_000;
// Not in the first minutes: a start is busy, and people who only try it out need no answer.
const FIRST_AFTER_MS = 10 * 60_000;
/** OpenClaw below this version has holes that were published since. */
const SAFE_FROM: string | undefined = undefined;

/** The newest OpenClaw of the npm registry, asked for by the clock; `undefined` until it was heard. */
export function createNewest({ nodePackages, log }: { nodePackages: Pick<NodePackages, 'latest'>; log: Logger }) {
  let known: { version: string; safeFrom: string | undefined } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  async function ask(): Promise<void> {
    try {
      known = { version: await nodePackages.latest('openclaw', 'latest', stopping.signal), safeFrom: SAFE_FROM };
    } catch (error) {
      if (!stopping.signal.aborted)
        log.info({ why: error instanceof Error ? error.message : 'unknown' }, 'the newest OpenClaw is not known');
    }
  }
  return {
    read: () => known,
    ask,
    begin(): void {
      const schedule = (afterMs: number): void => {
        timer = setTimeout(() => void ask().then(() => schedule(ASK_EVERY_MS)), afterMs).unref();
      };
      schedule(FIRST_AFTER_MS);
    },
    stop(): void {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}
