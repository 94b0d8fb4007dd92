import { setTimeout as delay } from 'node:timers/promises';
import { askService, findService, restartService } from '../../lib/gateway-service.ts';
import { enableService, killService, stopService } from '../../lib/gateway-stop.ts';
import type { Host } from '../../lib/host.ts';
import { sh } from '../../lib/sh.ts';
import { noService } from './kill-switch.problems.ts';
import { Service } from './remembered.ts';

// A gateway that is busy may take minutes to end by itself; somebody who pulls this switch does not wait for that.
const END_WITHIN_MS = 20_000;
const KILLED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 500;

/** What keeps the gateway running. Throws `kill_switch.no_service`. */
export async function lookAtService(host: Host, signal: AbortSignal): Promise<Service> {
  const kind = Service.shape.kind.safeParse((await host.run(findService, { signal })).stdout.trim());
  if (!kind.success) throw noService();
  const answers = (await host.run(sh`${askService(kind.data)}; :`, { signal })).stdout.split('\n');
  return { kind: kind.data, active: answers.includes('active'), enabled: answers.includes('enabled') };
}

/** Answers whether it has ended. It gets 20 s for that, then it is killed. */
export async function stopIt(host: Host, kind: Service['kind'], signal: AbortSignal): Promise<boolean> {
  const root = kind === 'system';
  await host.run(stopService(kind), { root, signal });
  if (await isOver(host, kind, END_WITHIN_MS, signal)) return true;
  await host.test(killService(kind), { root, signal });
  return isOver(host, kind, KILLED_WITHIN_MS, signal);
}

async function isOver(host: Host, kind: Service['kind'], withinMs: number, signal: AbortSignal): Promise<boolean> {
  const endAt = performance.now() + withinMs;
  for (;;) {
    const answers = (await host.run(sh`${askService(kind)}; :`, { signal })).stdout.split('\n');
    if (!answers.includes('active') && !answers.includes('deactivating')) return true;
    if (performance.now() > endAt) return false;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

export async function startAgain(host: Host, { kind, active, enabled }: Service, signal: AbortSignal): Promise<void> {
  const root = kind === 'system';
  if (enabled) await host.run(enableService(kind), { root, signal });
  if (active) await host.run(restartService(kind), { root, signal });
}
