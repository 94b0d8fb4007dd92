import type * as z from 'zod/mini';
import type { ServerTest } from '@clawmoor/shared/servers.ts';
import type { Clock } from '../../lib/clock.ts';
import type { HostKey, Prober, SshTarget, Stage } from '../../lib/host.ts';
import { changedMeanwhile } from './servers.problems.ts';
import type { serversStore, ServerRow, WholeServer } from './servers.store.ts';

export interface TestParts {
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
export async function testServer({ whole, target, prober, store, clock, signal }: TestParts): Promise<z.output<typeof ServerTest>> {
  const { stages, hostKey, jumpHostKey } = await prober.probe(target, { signal });
  const failed = stages.find((stage) => !stage.ok && !OPTIONAL.includes(stage.stage));
  const unconfirmed = !failed && ((jumpHostKey && !whole.pinned.jump) || (hostKey && !whole.pinned.server));
  const code = failed?.code ?? (unconfirmed ? 'ssh.host_key_unconfirmed' : undefined);
  const { id } = whole.server;
  const now = clock.now();
  // A test takes up to a minute. If the server was moved meanwhile, the key is another machine's: nobody may pin it here.
  const noted = await store.ifUnmoved(
    whole.server,
    ...(hostKey ? [store.putKey(id, 'server', 'seen', hostKey, now, null)] : []),
    ...(jumpHostKey ? [store.putKey(id, 'jump', 'seen', jumpHostKey, now, null)] : []),
    store.putState(id, stateAfter(failed, Boolean(unconfirmed)), now),
  );
  if (!noted) throw changedMeanwhile();
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

// What has answered by then is an SSH server, whatever it refuses afterwards.
const AFTER_LOGIN_BEGAN: readonly Stage['stage'][] = ['auth', 'session', 'exec'];

function stateAfter(failed: Stage | undefined, unconfirmed: boolean): ServerRow['state'] {
  if (unconfirmed) return 'reachable';
  if (!failed) return 'online';
  if (failed.code === 'ssh.host_key_changed') return 'key_changed';
  if (failed.code === 'ssh.auth_failed') return 'auth_failed';
  return AFTER_LOGIN_BEGAN.includes(failed.stage) ? 'reachable' : 'offline';
}
