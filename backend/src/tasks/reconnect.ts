import { Problem } from '../lib/problem.ts';

const LINK_LOST = new Set([
  'ssh.connection_lost',
  'ssh.timeout',
  'ssh.unreachable',
  'ssh.refused',
  'ssh.no_banner',
  'ssh.session_failed',
  'server.host_unresolvable',
]);
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
// A call that lasted this long had a connection: the next loss starts with a short pause again.
const HELD_MS = 10_000;
// A server that was never reached in this step: say so soon. One that was lost half-way may be rebooting.
const GIVE_UP_UNREACHED_MS = 20_000;

export const isLinkLost = (error: unknown): boolean => error instanceof Problem && LINK_LOST.has(error.code);

export interface Reconnecting {
  signal: AbortSignal;
  monotonic: () => number;
  /** Whether the server has answered in this step. */
  reached: () => boolean;
  onLost: (error: unknown) => void;
}

/** Makes a call again while the link is what fails, with growing pauses; never after a refused login or a changed key. */
export async function withReconnect<T>(call: () => Promise<T>, { signal, monotonic, reached, onLost }: Reconnecting): Promise<T> {
  const startedAt = monotonic();
  for (let attempt = 0; ; attempt++) {
    const calledAt = monotonic();
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (!isLinkLost(error)) throw error;
      if (!reached() && monotonic() - startedAt > GIVE_UP_UNREACHED_MS) throw error;
      onLost(error);
      if (monotonic() - calledAt > HELD_MS) attempt = 0;
      await pause(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + Math.random() / 2), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
