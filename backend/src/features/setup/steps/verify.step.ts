import type { Gateways } from '../../../lib/gateway.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Step } from '../../../tasks/plan.ts';
import { checkHealth } from '../health.ts';
import { gatewayNotReady } from '../setup.problems.ts';

// The first start of a gateway builds caches: 9–19 s here, longer on one slow core.
const WAIT_SECONDS = 120;
const FINAL = ['gateway.token_mismatch', 'gateway.incompatible', 'gateway.not_set_up'] as const;

/** Waits until the gateway is ready and answers a call. */
export const verifyStep = ({ gateways }: { gateways: Gateways }): Step<unknown, unknown> => ({
  key: 'health',
  title: 'Check that the gateway answers',
  deadlineMs: (WAIT_SECONDS + 60) * 1000,
  done: async ({ host, serverId, signal }) => (await checkHealth({ host, gateways, serverId, wait: 0, signal })).ok,
  async apply({ host, serverId, signal, log }) {
    log('Waiting for the gateway …');
    const health = await checkHealth({ host, gateways, serverId, wait: WAIT_SECONDS, signal });
    if (health.ok) return log(`The gateway answers: OpenClaw ${health.version}`);
    const final = FINAL.find((code) => code === health.code);
    throw final
      ? new Problem(final, health.message ?? '', { ...(health.fix !== undefined && { fix: health.fix }) })
      : gatewayNotReady(WAIT_SECONDS);
  },
});
