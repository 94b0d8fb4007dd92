import type { Logger } from 'pino';
import type { Announce, Notice } from '../../lib/notice.ts';
import type { IncidentsStore } from './incidents.store.ts';

const AT_ONCE = 100;
// What failed to be handed on (a full disk, a busy database) is tried again then.
const AGAIN_AFTER_MS = 10_000;

export type Teller = ReturnType<typeof createTeller>;

/**
 * Hands on what is to be told, in the order in which it happened. A notice is removed when `announce` has stored it: after a crash in
 * between it is announced again, and `announce` knows it by its subject, phase and time.
 */
export function createTeller({ store, announce, log }: { store: IncidentsStore; announce: Announce; log: Logger }) {
  let running: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  async function handOn(): Promise<void> {
    do {
      again = false;
      for (const { seq, notice } of await store.pending(AT_ONCE)) {
        await announce(JSON.parse(notice) as Notice); // written by `store.write`, from a Notice
        await store.told(seq);
        again = true;
      }
    } while (again);
  }

  /** Resolves when everything that waited was handed on, or could not be for now. */
  function ring(): Promise<void> {
    again = true;
    running ??= handOn()
      .catch((error: unknown) => {
        log.error({ err: error }, 'a notice could not be handed on; it is tried again');
        clearTimeout(timer);
        timer = setTimeout(() => void ring(), AGAIN_AFTER_MS).unref();
      })
      .finally(() => (running = undefined));
    return running;
  }

  return {
    ring,
    async stop(): Promise<void> {
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
    },
  };
}
