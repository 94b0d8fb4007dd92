import type { Logger } from 'pino';
import type { DetailedHealth } from '@clawmoor/shared/admin.ts';
import type { Check, CheckResult } from '../../lib/check.ts';

// A check looks at memory, a file, or an index: one that takes longer is itself the trouble.
const LOOK_WITHIN_MS = 5_000;
const WORST = { ok: 0, warn: 1, failing: 2 } as const;

/** Looks at every part; a check that cannot look is failing. */
export async function lookAtAll(checks: readonly Check[], log: Logger): Promise<DetailedHealth> {
  const results = await Promise.all(checks.map(async ({ key, look }) => ({ key, ...(await lookOnce(key, look, log)) })));
  const worst = results.reduce<CheckResult['status']>(
    (status, result) => (WORST[result.status] > WORST[status] ? result.status : status),
    'ok',
  );
  return { status: worst, checks: results };
}

async function lookOnce(key: string, look: Check['look'], log: Logger): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it took longer than 5 s')), LOOK_WITHIN_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(look), tooLong]);
  } catch (error) {
    log.error({ err: error, check: key }, 'a health check failed');
    return {
      status: 'failing',
      code: 'health.not_looked_at',
      message: 'This could not be looked at',
      fix: 'The log says why; if it stays, restart Clawmoor.',
      values: {},
    };
  } finally {
    clearTimeout(timer);
  }
}
