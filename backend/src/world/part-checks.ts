import type { PoolStanding } from '../adapters/ssh/pool.ts';
import type { Sample } from '../features/admin/metrics.ts';
import type { Check } from '../lib/check.ts';
import type { Clock } from '../lib/clock.ts';
import type { Tasks } from '../tasks/tasks.ts';

interface Parts {
  tasks: Tasks;
  hosts: { standing: () => PoolStanding };
  gateways: { open: () => number };
  clock: Clock;
}

const DAY_MS = 86_400_000;

/** Tasks, SSH connections and gateway sockets, for the detailed health. */
export function partChecks({ tasks, hosts, gateways, clock }: Parts): Check[] {
  return [
    {
      key: 'tasks',
      async look() {
        const rows = await tasks.stats(clock.now() - DAY_MS);
        const count = (state: string): number => rows.filter((row) => row.state === state).reduce((sum, row) => sum + Number(row.count), 0);
        const ended = rows.filter(({ averageMs }) => averageMs !== null);
        const longest = Math.max(0, ...ended.map(({ averageMs }) => Number(averageMs)));
        const values = {
          queued: count('queued'),
          running: count('running'),
          succeeded24h: count('succeeded'),
          failed24h: count('failed') + count('interrupted'),
          cancelled24h: count('cancelled'),
          longestAverageSeconds: Math.round(longest / 1000),
        };
        return {
          status: 'ok',
          message: `${values.running} run, ${values.queued} wait, ${values.failed24h} failed in the last day`,
          values,
        };
      },
    },
    {
      key: 'ssh',
      look() {
        const { open, used } = hosts.standing();
        return { status: 'ok', message: `${open} connections, ${used} in use`, values: { open, used } };
      },
    },
    {
      key: 'gateway_sockets',
      look: () => ({ status: 'ok', message: `${gateways.open()} sockets`, values: { open: gateways.open() } }),
    },
  ];
}

/** What is counted while the process runs. */
export const partSamples =
  ({ hosts, feeds }: { hosts: Parts['hosts']; feeds: { open: number } }) =>
  (): Sample[] => [
    { name: 'clawmoor_feeds_open', kind: 'gauge', help: 'Live feeds (server-sent events) that are open', value: feeds.open },
    ...[...hosts.standing().failures].map(([code, value]) => ({
      name: 'clawmoor_ssh_failures_total',
      kind: 'counter' as const,
      help: 'Connections that failed, by code',
      labels: { code },
      value,
    })),
  ];
