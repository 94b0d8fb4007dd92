import type { KillMode, KillState } from '@clawmoor/shared/kill-switch.ts';
import type { Clock } from '../../lib/clock.ts';
import { channelsOff, hold, release, schedulesOff } from '../../lib/gateway-hold.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import { Problem } from '../../lib/problem.ts';
import type { Database } from '../../lib/tables.ts';
import { killSwitchStore } from './kill-switch.store.ts';
import { joined, rememberedIn, stateOf } from './remembered.ts';
import { lookAtService, startAgain, stopIt } from './service.ts';
import { abortSessions } from './sessions.ts';

export interface KillSwitchParts {
  db: Database;
  gateways: Gateways;
  hosts: HostPool;
  clock: Clock;
}

interface Asked {
  mode: KillMode;
  by: string;
  signal: AbortSignal;
}

export type KillSwitch = ReturnType<typeof createKillSwitch>;

/**
 * Stops what agents do by themselves, and brings exactly that back. Every step is remembered before it is done, so that it can be asked
 * for again after any failure, and resumed after a crash of ours.
 */
export function createKillSwitch({ db, gateways, hosts, clock }: KillSwitchParts) {
  const store = killSwitchStore(db);
  const inTurn = createTurns();
  const read = async (serverId: string): Promise<KillState> => stateOf(serverId, await store.get(serverId));
  const heartbeats = (serverId: string, enabled: boolean, signal: AbortSignal): Promise<unknown> =>
    gateways.request(serverId, { method: 'set-heartbeats', params: { enabled }, as: 'control', signal });

  async function pause(serverId: string, signal: AbortSignal): Promise<void> {
    const earlier = rememberedIn(await store.get(serverId));
    // Turns first: the gateway takes no change of its configuration while one of them waits for a person.
    const cutOff = await abortSessions(gateways, serverId, signal);
    await store.update(serverId, { sessions: JSON.stringify([...new Set([...earlier.sessions, ...cutOff])]) });
    // One write of its configuration: it survives a restart of the gateway.
    await hold(
      { gateways, serverId, signal },
      (config) => [...schedulesOff(), ...channelsOff(config)],
      (held) => store.update(serverId, { held: JSON.stringify(joined(earlier.held, held)) }).then(() => {}),
    );
    // Heartbeats that an event wakes do not look at the schedules' switch.
    await heartbeats(serverId, false, signal);
    // And those that began meanwhile.
    const late = await abortSessions(gateways, serverId, signal);
    await store.update(serverId, { sessions: JSON.stringify([...new Set([...earlier.sessions, ...cutOff, ...late])]), state: 'stopped' });
  }

  async function stopService(serverId: string, signal: AbortSignal): Promise<void> {
    await hosts.with(
      serverId,
      async (host) => {
        const found = await lookAtService(host, signal);
        const { service } = rememberedIn(await store.get(serverId));
        if (service === null) await store.update(serverId, { service: JSON.stringify(found) });
        const stopped = await stopIt(host, found.kind, signal);
        if (stopped) await store.update(serverId, { state: 'stopped' });
      },
      { signal },
    );
    gateways.drop(serverId);
  }

  /** Answers whether it is down already: a gateway that was just started cannot be asked for some seconds. */
  async function restore(serverId: string, signal: AbortSignal): Promise<boolean> {
    const { held, service } = rememberedIn(await store.get(serverId));
    if (service) {
      await hosts.with(serverId, (host) => startAgain(host, service, signal), { signal });
      gateways.drop(serverId);
      await store.update(serverId, { service: null });
    }
    const { mode } = (await store.get(serverId)) ?? {};
    if (held.length === 0 && mode === 'service') return true;
    try {
      await release({ gateways, serverId, signal }, held);
      await heartbeats(serverId, true, signal);
      return true;
    } catch (error) {
      if (service && error instanceof Problem && error.code.startsWith('gateway.')) return false;
      throw error;
    }
  }

  return {
    read,
    /** The same again changes nothing. Throws `gateway.down` with `pause` where only `service` can help. */
    stop: (serverId: string, { mode, by, signal }: Asked): Promise<KillState> =>
      inTurn(serverId, async () => {
        const before = await store.get(serverId);
        const fresh = { held: '[]', sessions: '[]', service: null };
        await store.put({ server_id: serverId, state: 'stopping', mode, by_name: by, at: clock.now(), ...fresh });
        try {
          await (mode === 'pause' ? pause(serverId, signal) : stopService(serverId, signal));
        } catch (error) {
          await forgetAttempt(serverId, before !== undefined);
          throw error;
        }
        return read(serverId);
      }),
    /** `resuming`: the gateway was started and is not ready yet; ask again for the rest. */
    resume: (serverId: string, signal: AbortSignal): Promise<KillState> =>
      inTurn(serverId, async () => {
        if (!(await store.get(serverId))) return read(serverId);
        await store.update(serverId, { state: 'resuming' });
        if (await restore(serverId, signal)) await store.remove(serverId);
        return read(serverId);
      }),
  };

  /** A stop that did nothing leaves no trace: the server runs as before. */
  async function forgetAttempt(serverId: string, wasThere: boolean): Promise<void> {
    const { held, sessions, service } = rememberedIn(await store.get(serverId));
    if (!wasThere && held.length === 0 && sessions.length === 0 && service === null) await store.remove(serverId);
  }
}
