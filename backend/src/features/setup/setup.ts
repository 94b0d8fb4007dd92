import type * as z from 'zod/mini';
import type { ComponentVersion, Prereqs, Provider } from '@clawmoor/shared/setup.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { sh } from '../../lib/sh.ts';
import type { NodePackages } from '../../lib/node-packages.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { checkHealth, type Health } from './health.ts';
import type { SetupInput } from './inputs.ts';
import { judge } from './prereqs.ts';
import { prereqsScript, readFacts } from './prereqs-script.ts';
import { exposedBind } from './setup.problems.ts';
import { nodeVersion } from './steps/node.step.ts';
import { openclawVersion } from './steps/openclaw.step.ts';
import { nodeSuits, NODE_VERSION, PORT, TRIAL_PORT } from './versions.ts';

export interface SetupParts {
  hosts: HostPool;
  tasks: Tasks;
  gateways: Gateways;
  nodePackages: NodePackages;
  clock: Clock;
  kindOf: (serverId: string) => Promise<'ssh' | 'trial'>;
}

export interface Submission {
  serverId: string;
  by: string;
  idempotencyKey: string | undefined;
}

export type Setup = ReturnType<typeof createSetup>;

/** The setup wizard: looks at a server, and starts the tasks that change it. */
export function createSetup({ hosts, tasks, gateways, nodePackages, clock, kindOf }: SetupParts) {
  return {
    async checkPrereqs(serverId: string, signal: AbortSignal): Promise<Prereqs> {
      const port = (await kindOf(serverId)) === 'trial' ? TRIAL_PORT : PORT;
      return hosts.with(
        serverId,
        async (host) => {
          const { stdout } = await host.run(prereqsScript({ port }), { signal, idleTimeoutMs: 30_000 });
          const mayBeRoot = await host.test(sh`true`, { root: true, signal }).catch((error: unknown) => {
            if (error instanceof Problem && error.code.startsWith('ssh.sudo_')) return false;
            throw error;
          });
          return judge({
            facts: readFacts(stdout),
            port,
            now: clock.now(),
            hasSudoPassword: mayBeRoot,
            forwarding: await forwards(host, signal),
          });
        },
        { signal },
      );
    },
    verifyHealth: (serverId: string, wait: number, signal: AbortSignal): Promise<Health> =>
      hosts.with(serverId, (host) => checkHealth({ host, gateways, serverId, wait, signal }), { signal }),
    async checkUpdates(serverId: string, signal: AbortSignal): Promise<z.output<typeof ComponentVersion>[]> {
      const [node, openclaw] = await hosts.with(serverId, (host) => Promise.all([nodeVersion(host), openclawVersion(host)]), { signal });
      const latest = await nodePackages.latest('openclaw', 'latest', signal).catch(() => null);
      return [
        { component: 'node', current: node || null, latest: NODE_VERSION, updateAvailable: node !== '' && !nodeSuits(node) },
        {
          component: 'openclaw',
          current: openclaw ?? null,
          latest,
          updateAvailable: latest !== null && openclaw !== undefined && latest !== openclaw,
          ...(latest === null && { message: 'The npm registry could not be asked' }),
        },
      ];
    },
    /** Starts one of the setup's tasks and answers its id. Throws `setup.exposed_bind` for a bind that was not confirmed. */
    async start(
      type: string,
      { serverId, by, idempotencyKey }: Submission,
      wishes: Omit<SetupInput, 'provider'> & { provider?: z.output<typeof Provider> | undefined; confirmExposed?: boolean | undefined },
    ): Promise<string> {
      const { provider, confirmExposed = false, ...rest } = wishes;
      if (rest.bind !== undefined && rest.bind !== 'loopback' && !confirmExposed) throw exposedBind();
      checkProvider(provider);
      const { apiKey, ...shown } = provider ?? {};
      const input = { ...rest, ...(provider && { provider: shown }), ...((await kindOf(serverId)) === 'trial' && { trial: true }) };
      return tasks.start({ serverId, type, input, ...(apiKey !== undefined && { secrets: { apiKey } }), by, idempotencyKey });
    },
  };
}

function checkProvider(provider: z.output<typeof Provider> | undefined): void {
  if (!provider) return;
  const missing =
    provider.kind === 'openai-compatible'
      ? (['baseUrl', 'model'] as const).filter((key) => provider[key] === undefined)
      : provider.kind === 'ollama' && provider.model === undefined
        ? ['model']
        : [];
  if (missing.length === 0) return;
  throw new Problem('request.invalid', `The model settings are not complete: ${missing.join(', ')}`, {
    issues: missing.map((key) => ({ path: `provider.${key}`, message: 'is required for this kind' })),
  });
}

async function forwards(host: Parameters<Parameters<HostPool['with']>[1]>[0], signal: AbortSignal): Promise<boolean> {
  try {
    // Port 1 is closed: "connect failed" means that forwarding itself is allowed.
    const { stream, by } = await host.forward(1, { signal });
    stream.destroy();
    return by === 'forward';
  } catch (error) {
    return !(error instanceof Problem && error.code === 'ssh.forwarding_denied');
  }
}
