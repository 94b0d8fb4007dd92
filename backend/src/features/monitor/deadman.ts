import type { Logger } from 'pino';

const PING_WITHIN_MS = 10_000;

/**
 * Calls an address every `everyMs` while `isAlive` holds: whoever is called there tells people when the calls stop, whatever the
 * reason. The address is a secret of its own and is never logged.
 */
export function startDeadman({ url, everyMs, isAlive, log }: { url: string; everyMs: number; isAlive: () => boolean; log: Logger }) {
  let failed = false;
  async function ping(): Promise<void> {
    if (!isAlive()) return;
    // A redirect is not followed: it could lead to what only this machine reaches.
    const { ok, status, body } = await fetch(url, { method: 'GET', redirect: 'manual', signal: AbortSignal.timeout(PING_WITHIN_MS) });
    await body?.cancel();
    if (!ok) throw new Error(`it answered ${status}`);
    failed = false;
  }
  const guarded = (): Promise<void> =>
    ping().catch((error: unknown) => {
      if (!failed)
        log.warn(
          { why: error instanceof Error ? (error.cause instanceof Error ? error.cause.name : error.name) : 'unknown' },
          'DEADMAN_URL could not be called',
        );
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
