import { setTimeout as delay } from 'node:timers/promises';
import type { Gateways } from '../../lib/gateway.ts';
import { CommandFailed } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { askGateway } from './before.ts';
import { unchanged } from './openclaw-update.problems.ts';
import type { UpdateContext } from './update.plan.ts';

// What keeps the gateway running may just be starting it again.
const ANSWERS_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 1_000;

/** A step before anything that runs is touched. When it fails, the failure says whether the old version really runs on. */
export async function unharmed(gateways: Gateways, context: UpdateContext, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof Problem && !error.code.startsWith('ssh.'))
      throw unchanged(error, await runsOn(gateways, context, ANSWERS_WITHIN_MS));
    throw error;
  }
}

/** A sentence about what runs now, asked of the gateway itself. */
export async function runsOn(gateways: Gateways, { serverId, signal }: UpdateContext, withinMs = 0): Promise<string> {
  const endAt = performance.now() + withinMs;
  for (;;) {
    const answer = await askGateway(gateways, serverId, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : 'it does not answer';
    });
    if (typeof answer !== 'string') return `Nothing was changed: OpenClaw ${answer.version} runs on.`;
    if (performance.now() > endAt) return 'Nothing was changed; the gateway does not answer at the moment.';
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Its output where it was a command of ours that failed; throws anything else. */
export function outputOf(error: unknown): { exitCode: number | null; output: string } {
  if (error instanceof CommandFailed) return { exitCode: error.exitCode, output: error.stdout };
  throw error;
}
