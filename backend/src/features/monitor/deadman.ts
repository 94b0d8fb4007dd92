import type { Logger } from 'pino';
import type { WebhookPost } from '../../lib/webhook-post.ts';

const PING_WITHIN_MS = 10_000;

export interface DeadmanParts {
  url: string;
  everyMs: number;
  isAlive: () => boolean;
  /** Follows no redirect, which could lead to what only this machine reaches. */
  call: WebhookPost;
  log: Logger;
}

/**
 * Calls an address every `everyMs` while `isAlive` holds: whoever is called there tells people when the calls stop, whatever the
 * reason. The address is a secret of its own and is never logged.
 */
export function startDeadman({ url, everyMs, isAlive, call, log }: DeadmanParts) {
  const { hostname } = new URL(url);
  let failed = false;
  async function ping(): Promise<void> {
    if (!isAlive()) return;
    const { status, error } = await call({ url, method: 'GET', headers: {}, body: '', signal: AbortSignal.timeout(PING_WITHIN_MS) });
    if (status === undefined || status < 200 || status > 299) throw new Error(error ?? `it answered ${status}`);
    failed = false;
  }
  const guarded = (): Promise<void> =>
    ping().catch((error: unknown) => {
      const why = error instanceof Error ? error.message.replaceAll(hostname, 'the address') : 'unknown';
      if (!failed) log.warn({ why }, 'DEADMAN_URL could not be called');
      failed = true;
    });
  let running = guarded();
  const timer = setInterval(() => void (running = guarded()), everyMs).unref();
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}
