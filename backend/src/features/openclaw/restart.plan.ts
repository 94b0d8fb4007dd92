import * as z from 'zod/mini';
import { setTimeout as delay } from 'node:timers/promises';
import type { Gateways } from '../../lib/gateway.ts';
import { findService, restartService, type ServiceKind } from '../../lib/gateway-service.ts';
import { Problem } from '../../lib/problem.ts';
import type { Plan, StepContext } from '../../tasks/plan.ts';
import { noService, notBack } from './openclaw.problems.ts';

// A gateway on a small machine needs 10–20 s to start; on a busy one longer.
const BACK_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 1_000;

const Input = z.object({
  /** The boot that is to end; `null` when the gateway was down: then any boot will do. */
  bootId: z.nullable(z.string()),
});
type Input = z.output<typeof Input>;
const NoSecrets = z.object({});

export const RESTART = 'openclaw.restart';

/** Restarts the gateway by what keeps it running, and waits until another boot of it answers. */
export const restartPlan = ({ gateways }: { gateways: Gateways }): Plan<Input, object> => ({
  type: RESTART,
  lane: () => 'system',
  input: Input,
  // The boot is what was seen at the time, not what was asked for.
  identity: () => RESTART,
  secrets: NoSecrets,
  steps: () => [
    {
      key: 'restart',
      title: 'Restart the gateway',
      deadlineMs: 3 * 60_000,
      done: (context) => isBack(gateways, context),
      async apply(context) {
        const kind = (await context.host.run(findService)).stdout.trim();
        context.log('Restarting the gateway …');
        if (kind === 'none') await askItself(gateways, context);
        else await context.host.run(restartService(kind as ServiceKind), { root: kind === 'system' });
        gateways.drop(context.serverId);
        const endAt = performance.now() + BACK_WITHIN_MS;
        while (!(await isBack(gateways, context))) {
          if (performance.now() > endAt) throw notBack();
          await delay(LOOK_EVERY_MS, undefined, { signal: context.signal });
        }
        context.log('The gateway answers again.');
      },
    },
  ],
});

/** Nothing of ours keeps it running, as when a person started it by hand: a gateway that runs can restart itself. */
async function askItself(gateways: Gateways, { serverId, signal }: StepContext<Input, object>): Promise<void> {
  const call = { method: 'gateway.restart.request', params: { reason: 'asked for in Clawmoor' }, as: 'control', signal } as const;
  await gateways.request(serverId, call).catch((error: unknown) => {
    throw error instanceof Problem && error.code === 'gateway.down' ? noService() : error;
  });
}

async function isBack(gateways: Gateways, { serverId, input, signal }: StepContext<Input, object>): Promise<boolean> {
  const boot = await gateways.bootOf(serverId, { signal });
  return boot !== undefined && boot !== input.bootId;
}
