import type { Logger } from 'pino';
import { valid } from 'semver';
import type { Hole, NodePackages } from '../lib/node-packages.ts';

const ASK_EVERY_MS = 6 * 3_600_000;
// Not in the first minutes: a start is busy, and people who only try it out need no answer.
const FIRST_AFTER_MS = 10 * 60_000;
const MOST_INSTALLED = 50;

/** The newest OpenClaw of the npm registry and its known holes, asked for by the clock; `undefined` until it was heard. */
export function createNewest({ nodePackages, log }: { nodePackages: Pick<NodePackages, 'latest' | 'holes'>; log: Logger }) {
  let known: { version: string; holes: readonly Hole[] | undefined } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const installed = new Set<string>();
  const stopping = new AbortController();

  /** Not every registry knows advisories: without them the newest version is known all the same. */
  async function holesOf(newest: string): Promise<readonly Hole[] | undefined> {
    try {
      return await nodePackages.holes('openclaw', [...new Set([...installed, newest])], stopping.signal);
    } catch (error) {
      if (!stopping.signal.aborted) log.info({ why: whyOf(error) }, 'the known holes of OpenClaw are not known');
      return known?.holes;
    }
  }

  async function ask(): Promise<void> {
    try {
      const version = await nodePackages.latest('openclaw', 'latest', stopping.signal);
      known = { version, holes: await holesOf(version) };
    } catch (error) {
      if (!stopping.signal.aborted) log.info({ why: whyOf(error) }, 'the newest OpenClaw is not known');
    }
  }
  return {
    read: () => known,
    /** A version that runs on a server: its holes are asked for the next time. */
    onInstalled(version: string): void {
      if (valid(version) !== null && installed.size < MOST_INSTALLED) installed.add(version);
    },
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

const whyOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
