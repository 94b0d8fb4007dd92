import * as z from 'zod/mini';
import type { KillState } from '@clawmoor/shared/kill-switch.ts';
import { iso } from '../../lib/clock.ts';
import { Held } from '../../lib/gateway-hold.ts';
import type { KillRow } from './kill-switch.store.ts';

/** What a row of the kill switch remembers, to bring exactly that back. */
export const Service = z.object({ kind: z.enum(['user', 'system', 'supervised']), active: z.boolean(), enabled: z.boolean() });
export type Service = z.output<typeof Service>;

export interface Remembered {
  held: Held[];
  sessions: string[];
  service: Service | null;
}

export const rememberedIn = (row: Pick<KillRow, 'held' | 'sessions' | 'service'> | undefined): Remembered => ({
  held: row ? z.array(Held).parse(JSON.parse(row.held)) : [],
  sessions: row ? z.array(z.string()).parse(JSON.parse(row.sessions)) : [],
  service: row && row.service !== null ? Service.parse(JSON.parse(row.service)) : null,
});

/** What was remembered first counts: after that it stood as we had set it. */
export function joined(earlier: readonly Held[], later: readonly Held[]): Held[] {
  const known = new Set(earlier.map(({ path }) => JSON.stringify(path)));
  return [...earlier, ...later.filter(({ path }) => !known.has(JSON.stringify(path)))];
}

export function stateOf(serverId: string, row: KillRow | undefined): KillState {
  const { held, sessions, service } = rememberedIn(row);
  return {
    serverId,
    state: row?.state ?? 'running',
    mode: row?.mode ?? null,
    at: row ? iso(row.at) : null,
    by: row?.by_name ?? null,
    stopped: {
      schedules: held.some(({ path }) => path[0] === 'cron'),
      channels: held.flatMap(({ path }) => (path[0] === 'channels' && path[1] !== undefined ? [path[1]] : [])),
      sessions,
      service: service?.active ?? false,
    },
  };
}
