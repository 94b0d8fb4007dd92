import type * as z from 'zod/mini';
import type { ServerTest } from '@clawmoor/shared/servers.ts';
import type { Clock } from '../../lib/clock.ts';
import type { HostKey, Prober, SshTarget, Stage } from '../../lib/host.ts';
import type { serversStore, ServerRow, WholeServer } from './servers.store.ts';

export interface TestParts {
  id: string;
  whole: WholeServer;
  target: SshTarget;
  prober: Prober;
  store: ReturnType<typeof serversStore>;
  clock: Clock;
  signal: AbortSignal;
}

// A server without sudo or sftp can still be used; the test says so, and is not failed by it.
const OPTIONAL: readonly Stage['stage'][] = ['sudo', 'sftp', 'forward'];

/** Reaches the server stage by stage, notes the keys that it showed and the state it is in. */
export async function testServer({ id, whole, target, prober, store, clock, signal }: TestParts): Promise<z.output<typeof ServerTest>> {
  const { stages, hostKey, jumpHostKey } = await prober.probe(target, { signal });
  const now = clock.now();
  await store.inOneGo(
    ...(hostKey ? [store.putKey(id, 'server', 'seen', hostKey, now, null)] : []),
    ...(jumpHostKey ? [store.putKey(id, 'jump', 'seen', jumpHostKey, now, null)] : []),
  );
  const failed = stages.find((stage) => !stage.ok && !OPTIONAL.includes(stage.stage));
  const unconfirmed = !failed && ((jumpHostKey && !whole.pinned.jump) || (hostKey && !whole.pinned.server));
  const code = failed?.code ?? (unconfirmed ? 'ssh.host_key_unconfirmed' : undefined);
  await store.setState(id, stateAfter(failed, Boolean(unconfirmed)), now);
  return {
    ok: code === undefined,
    ...(code !== undefined && { code }),
    stages,
    hostKey: shown(hostKey),
    ...(jumpHostKey && { jumpHostKey: shown(jumpHostKey) }),
    pinned: hostKey !== undefined && whole.pinned.server?.key === hostKey.key,
  };
}

const shown = (key: HostKey | undefined) => (key ? { type: key.type, sha256: key.sha256 } : null);

function stateAfter(failed: Stage | undefined, unconfirmed: boolean): ServerRow['state'] {
  if (unconfirmed) return 'reachable';
  if (!failed) return 'online';
  if (failed.code === 'ssh.host_key_changed') return 'key_changed';
  if (failed.stage === 'auth') return 'auth_failed';
  return failed.stage === 'session' || failed.stage === 'exec' ? 'reachable' : 'offline';
}
