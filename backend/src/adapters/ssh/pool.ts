import type { Dial } from '../../lib/egress.ts';
import type { Host, HostPool, SshTarget } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { connectTo } from './client.ts';
import { createGate } from '../../lib/gate.ts';
import { hostOn } from './host.ts';
import { connectionLost } from './ssh.problems.ts';

const CLOSE_WHEN_UNUSED_MS = 60_000;
// sshd drops new clients from the tenth unauthenticated one on (MaxStartups 10:30:100): of 60 at once it refused 24.
const HANDSHAKES_PER_HOST = 2;
const HANDSHAKES_AT_ONCE = 16;
const CONNECT_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 500;

export type ReachState = 'online' | 'reachable' | 'offline' | 'auth_failed' | 'key_changed';

export interface PoolParts {
  targetOf: (serverId: string) => Promise<SshTarget>;
  dial: Dial;
  /** What a try to connect has shown; called when it differs from the last. */
  onState?: (serverId: string, state: ReachState) => void;
}

interface Entry {
  ready: Promise<{ host: Host; gone: AbortSignal; close: () => void }>;
  users: number;
  unused?: NodeJS.Timeout;
}

export interface PoolStanding {
  /** Connections that are open or being opened, and those of them that somebody uses now. */
  open: number;
  used: number;
  /** How often connecting failed since the start, by the code of the failure. */
  failures: ReadonlyMap<string, number>;
}

/** One connection per server: made at first use, shared, kept alive, closed after 60 s without use. */
export function createPool({ targetOf, dial, onState }: PoolParts): HostPool & { standing: () => PoolStanding } {
  const entries = new Map<string, Entry>();
  const overall = createGate(HANDSHAKES_AT_ONCE);
  const perHost = new Map<string, ReturnType<typeof createGate>>();
  const states = new Map<string, ReachState>();
  const closing = new AbortController();
  const failures = new Map<string, number>();

  const tell = (serverId: string, state: ReachState): void => {
    if (states.get(serverId) === state) return;
    states.set(serverId, state);
    onState?.(serverId, state);
  };

  async function connect(serverId: string): Promise<Awaited<Entry['ready']>> {
    const target = await targetOf(serverId);
    const address = `${target.host}:${target.port}`;
    let gate = perHost.get(address);
    if (!gate) perHost.set(address, (gate = createGate(HANDSHAKES_PER_HOST)));
    try {
      const link = await gate(() => overall(() => withRetries(() => connectTo(target, { dial, signal: closing.signal }), closing.signal)));
      tell(serverId, 'online');
      return { ...hostOn(link, target), close: link.close };
    } catch (error) {
      tell(serverId, stateAfter(error));
      const code = error instanceof Problem ? error.code : 'unexpected';
      failures.set(code, (failures.get(code) ?? 0) + 1);
      throw error;
    }
  }

  function entryOf(serverId: string): Entry {
    const known = entries.get(serverId);
    if (known) return known;
    const entry: Entry = { ready: connect(serverId), users: 0 };
    const forget = (): void => {
      if (entries.get(serverId) === entry) entries.delete(serverId);
      clearTimeout(entry.unused);
    };
    entry.ready.then(({ gone }) => (gone.aborted ? forget() : gone.addEventListener('abort', forget, { once: true })), forget);
    entries.set(serverId, entry);
    return entry;
  }

  async function lend(serverId: string, signal?: AbortSignal) {
    closing.signal.throwIfAborted();
    const entry = entryOf(serverId);
    entry.users += 1;
    clearTimeout(entry.unused);
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      entry.users -= 1;
      if (entry.users > 0) return;
      entry.unused = setTimeout(() => {
        if (entries.get(serverId) === entry) entries.delete(serverId);
        entry.ready.then(
          ({ close }) => close(),
          () => {},
        );
      }, CLOSE_WHEN_UNUSED_MS);
      entry.unused.unref();
    };
    try {
      const { host, gone } = await abortable(entry.ready, signal);
      return { host, gone, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  return {
    async with(serverId, use, { signal } = {}) {
      const { host, release } = await lend(serverId, signal);
      try {
        return await use(host);
      } finally {
        release();
      }
    },
    hold: (serverId, { signal } = {}) => lend(serverId, signal),
    drop(serverId) {
      const entry = entries.get(serverId);
      entries.delete(serverId);
      states.delete(serverId);
      clearTimeout(entry?.unused);
      entry?.ready.then(
        ({ close }) => close(),
        () => {},
      );
    },
    standing: () => ({ open: entries.size, used: [...entries.values()].filter(({ users }) => users > 0).length, failures }),
    async [Symbol.asyncDispose]() {
      closing.abort(connectionLost());
      await Promise.allSettled([...entries.values()].map(async ({ ready, unused }) => (clearTimeout(unused), (await ready).close())));
      entries.clear();
    },
  };
}

/** Only the phase before a login is tried again, and never a refused login or a changed key. */
async function withRetries<T>(connectOnce: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectOnce();
    } catch (error) {
      const again = error instanceof Problem && ['ssh.connection_lost', 'ssh.timeout', 'ssh.not_ssh'].includes(error.code);
      if (!again || attempt >= CONNECT_ATTEMPTS || signal.aborted) throw error;
      await sleep(FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), signal);
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function stateAfter(error: unknown): ReachState {
  if (!(error instanceof Problem)) return 'offline';
  if (error.code === 'ssh.host_key_changed') return 'key_changed';
  if (error.code === 'ssh.auth_failed') return 'auth_failed';
  return error.code === 'ssh.host_key_unconfirmed' ? 'reachable' : 'offline';
}
