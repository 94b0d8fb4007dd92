import type { Frame } from './frames.ts';
import { gatewayTimeout, tooManyWaiting, wireProblem } from './gateway.problems.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const MOST_WAITING = 500;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

interface Waiting {
  method: string;
  resolve: (payload: unknown) => void;
  reject: (error: unknown) => void;
}

export type Calls = ReturnType<typeof createCalls>;

/** Calls that are under way on one socket. Their answers may come in any order, or never. */
export function createCalls(send: (frame: string) => void) {
  const waiting = new Map<string, Waiting>();
  let lastId = 0;
  return {
    request(method: string, params: Record<string, unknown> = {}, options: CallOptions = {}): Promise<unknown> {
      const { signal, timeoutMs = REQUEST_TIMEOUT_MS } = options;
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (waiting.size >= MOST_WAITING) return Promise.reject(tooManyWaiting());
      const id = String(++lastId);
      return new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(late);
          signal?.removeEventListener('abort', onAbort);
          waiting.delete(id);
          act();
        };
        const onAbort = (): void => settle(() => reject(signal?.reason));
        const late = setTimeout(() => settle(() => reject(gatewayTimeout(method))), timeoutMs);
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.set(id, { method, resolve: (payload) => settle(() => resolve(payload)), reject: (error) => settle(() => reject(error)) });
        send(JSON.stringify({ type: 'req', id, method, params }));
      });
    },
    /** An answer nobody waits for any more is dropped. */
    answer({ id, ok, payload, error }: Extract<Frame, { type: 'res' }>): void {
      const call = waiting.get(id);
      if (ok) call?.resolve(payload);
      else call?.reject(wireProblem(error ?? {}, call.method));
    },
    failAll(error: unknown): void {
      for (const { reject } of waiting.values()) reject(error);
    },
    waiting: (): number => waiting.size,
  };
}
