import type { Emitted } from '@clawmoor/shared/route.ts';
import type { chatRoutes } from '@clawmoor/shared/openclaw-chat.ts';

export type ChatEvent = Emitted<typeof chatRoutes.followChat>;

// What a slow phone may be behind, a little more than what a conversation remembers; after that it reads the conversation anew.
const MOST_QUEUED = 600;

/** One who follows a conversation: what it has not taken yet waits here, never in the way of the others. */
export interface Reader {
  push(event: ChatEvent): void;
  /** Ends when `signal` aborts. */
  events(signal: AbortSignal): AsyncGenerator<ChatEvent>;
}

export function createReader(): Reader {
  let queue: ChatEvent[] = [];
  let wake = (): void => {};
  return {
    push(event) {
      queue.push(event);
      if (queue.length > MOST_QUEUED) queue = [missed('too_slow', event.id)];
      wake();
    },
    async *events(signal) {
      while (!signal.aborted) {
        const waiting = queue;
        queue = [];
        for (const [at, event] of waiting.entries()) {
          yield event;
          if (signal.aborted) return;
          // While it was written out, so much came that it would be too late anyway.
          if (queue[0]?.event === 'resync' && queue[0].data.why === 'too_slow' && at < waiting.length - 1) break;
        }
        if (queue.length === 0) await new Promise<void>((resolve) => onNext(signal, resolve, (next) => (wake = next)));
      }
    },
  };
}

export const missed = (why: 'too_old' | 'too_slow' | 'reconnected', id: number | undefined): ChatEvent => ({
  event: 'resync',
  ...(id !== undefined && { id }),
  data: { why },
});

/** Resolves at the next event, or when the reader goes. */
function onNext(signal: AbortSignal, resolve: () => void, setWake: (wake: () => void) => void): void {
  const done = (): void => {
    signal.removeEventListener('abort', done);
    setWake(() => {});
    resolve();
  };
  signal.addEventListener('abort', done, { once: true });
  setWake(done);
}
