import type { Channel } from '@clawmoor/shared/openclaw-channels.ts';
import type { CronJob } from '@clawmoor/shared/openclaw-cron.ts';
import type { Provider } from '@clawmoor/shared/openclaw-models.ts';
import type { Session } from '@clawmoor/shared/openclaw-sessions.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { ChannelDown, GatewayFacts } from '../../lib/look.ts';

/** What other features know how to ask a gateway, each as a viewer: a look never opens the admin scope. */
export interface GatewayReaders {
  providers: (serverId: string, signal: AbortSignal) => Promise<Provider[]>;
  jobs: (serverId: string, signal: AbortSignal) => Promise<CronJob[]>;
  /** Those in which a turn is under way. */
  running: (serverId: string, stuckAfterMinutes: number, signal: AbortSignal) => Promise<Session[]>;
  channels: (serverId: string, signal: AbortSignal) => Promise<Channel[]>;
}

export interface GatewayLookParts extends GatewayReaders {
  gateways: Pick<Gateways, 'status'>;
}

/** Whether the gateway answers, and what it says of itself; `undefined` where none was ever set up. */
export async function lookAtGateway(
  parts: GatewayLookParts,
  serverId: string,
  { stuckAfterMinutes, signal }: { stuckAfterMinutes: number; signal: AbortSignal },
): Promise<GatewayFacts | undefined> {
  const { gateways, providers, jobs, running, channels } = parts;
  const status = await gateways.status(serverId, { signal });
  if (status.state === 'not_set_up') return undefined;
  if (status.state !== 'ready') {
    const problem = { code: CODES[status.state] ?? 'gateway.down', message: status.message ?? 'The gateway does not answer' };
    return { answers: false, problem, version: undefined, ...UNKNOWN };
  }
  const [credentials, cron, sessions, accounts] = await Promise.all([
    unlessFailed(providers(serverId, signal)),
    unlessFailed(jobs(serverId, signal)),
    unlessFailed(running(serverId, stuckAfterMinutes, signal)),
    unlessFailed(channels(serverId, signal)),
  ]);
  return {
    answers: true,
    problem: undefined,
    version: status.version ?? undefined,
    credentials: credentials?.map(({ provider, name, status: standing, expiresAt, credentials: kept }) => ({
      provider,
      name,
      status: standing,
      renews: kept.some(({ type }) => type === 'oauth'),
      expiresAt: expiresAt === null ? undefined : Date.parse(expiresAt),
    })),
    jobs: cron?.filter(({ enabled }) => enabled).map(({ id, name, missed, failuresInARow }) => ({ id, name, missed, failuresInARow })),
    running: sessions?.filter((session) => session.running).map(({ key, title, stuck }) => ({ key, title: title ?? key, stuck })),
    channelsDown: accounts?.flatMap(downIn),
  };
}

/** What connected again may still show its last error; what a person has switched off is not down. */
const downIn = ({ id, label, accounts }: Channel): ChannelDown[] =>
  accounts
    .filter(({ configured, enabled }) => configured && enabled)
    .filter(({ running, connected, lastError }) => (running ? connected === false : lastError !== null))
    .map((account) => ({
      id: `${id}/${account.id}`,
      label: label ?? id,
      account: accounts.length > 1 ? (account.name ?? account.id) : undefined,
      error: account.lastError ?? undefined,
    }));

const UNKNOWN = { credentials: undefined, jobs: undefined, running: undefined, channelsDown: undefined };
const CODES: Partial<Record<string, string>> = {
  auth_failed: 'gateway.token_mismatch',
  incompatible: 'gateway.incompatible',
  connecting: 'gateway.busy',
};

/** What one call cannot say must not hide what the others do. */
const unlessFailed = <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);
