import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'node:http';
import type * as z from 'zod/mini';
import type { GatewayHealth } from '@clawmoor/shared/setup.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { Host } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';

export type Health = z.output<typeof GatewayHealth>;

const LOOK_EVERY_MS = 1_000;
const HTTP_TIMEOUT_MS = 5_000;

export interface HealthParts {
  host: Host;
  gateways: Gateways;
  serverId: string;
  /** Seconds to wait for it. */
  wait: number;
  signal: AbortSignal;
}

/** Whether the gateway is usable: its `/readyz` says so, and a call over its socket is answered. The first alone is not enough. */
export async function checkHealth({ host, gateways, serverId, wait, signal }: HealthParts): Promise<Health> {
  const startedAt = performance.now();
  for (;;) {
    const health = await look({ host, gateways, serverId, signal });
    const ms = Math.round(performance.now() - startedAt);
    if (health.ok || ms >= wait * 1000 || health.code === 'gateway.not_set_up') return { ...health, ms };
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function look({ host, gateways, serverId, signal }: Omit<HealthParts, 'wait'>): Promise<Omit<Health, 'ms'>> {
  const status = await gateways.status(serverId, { signal });
  const rpc = status.state === 'ready';
  const ready = status.port !== null && (await isReady(host, status.port, signal));
  const ok = rpc && ready;
  const problem = ok
    ? {}
    : {
        code:
          status.state === 'not_set_up'
            ? 'gateway.not_set_up'
            : rpc
              ? 'setup.gateway_not_ready'
              : `gateway.${CODES[status.state] ?? 'down'}`,
        message: status.message ?? 'The gateway is still starting',
        ...(status.fix !== null && { fix: status.fix }),
      };
  return { ok, ready, rpc, version: status.version, ...problem };
}

const CODES: Partial<Record<string, string>> = { auth_failed: 'token_mismatch', incompatible: 'incompatible', gateway_down: 'down' };

async function isReady(host: Host, port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const { stream } = await host.forward(port, { signal });
    const status = await new Promise<number>((resolve, reject) => {
      const asking = request(
        { path: '/readyz', headers: { host: `127.0.0.1:${port}` }, createConnection: () => stream, timeout: HTTP_TIMEOUT_MS, signal },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      asking.on('timeout', () => asking.destroy(new Error('no answer')));
      asking.on('error', reject);
      asking.end();
    }).finally(() => stream.destroy());
    return status === 200;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem && error.code !== 'gateway.down' && !error.code.startsWith('ssh.')) throw error;
    return false;
  }
}
