import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { forwardingDenied, portClosed, sessionFailed, connectionTimeout, connectionLost } from './ssh.problems.ts';

// sshd allows 10 sessions a connection (MaxSessions) and frees one after the client has seen it close: a queue of width 10
// failed 164 of 500 short commands, 8 failed 33, 4 failed none, at the same throughput.
const WIDTH = 4;
const OPEN_TIMEOUT_MS = 10_000;
const RETRIES = 5;
// How long a session may take to end once nobody wants it any more: TERM, 5 s, KILL, and the way there and back. Only the server
// can close it, and one that never does must not keep who waits.
export const DEATH_MS = 12_000;

export interface Channels {
  /** Runs `use` with a session of its own; `urgent` ones (ending a command, carrying a file) do not queue. */
  exec<T>(line: string, use: (channel: ClientChannel) => Promise<T>, options?: { urgent?: boolean; signal?: AbortSignal }): Promise<T>;
  /** A session that stays open beside the queue: a bridge, an sftp session. */
  open(line: string): Promise<ClientChannel>;
  sftp(): Promise<SFTPWrapper>;
  forward(port: number): Promise<ClientChannel>;
  readonly busy: number;
}

/** Opens channels on a connection, each within 10 s, in order, a few at a time; refusals for lack of room are tried again. */
export function createChannels(client: Client): Channels {
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function enter(signal?: AbortSignal): Promise<void> {
    if (busy < WIDTH) {
      busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', leaveQueue);
        resolve();
      };
      const leaveQueue = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leaveQueue, { once: true });
      waiting.push(go);
    });
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  }

  const openExec = (line: string): Promise<ClientChannel> =>
    opened<ClientChannel>((done) => client.exec(line, done), client).catch(refused(sessionFailed));

  return {
    async exec(line, use, { urgent = false, signal } = {}) {
      if (!urgent) await enter(signal);
      try {
        signal?.throwIfAborted();
        return await ended(openExec(line), use, signal);
      } finally {
        if (!urgent) leave();
      }
    },
    open: openExec,
    sftp: () => opened<SFTPWrapper>((done) => client.sftp(done), client).catch(refused(sessionFailed)),
    forward: (port) =>
      opened<ClientChannel>((done) => client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, done), client).catch((error: unknown) => {
        // Reason 1 is "administratively prohibited", 2 is "connect failed": the port is closed.
        throw reasonOf(error) === 1 ? forwardingDenied(error) : reasonOf(error) === 2 ? portClosed(port, error) : error;
      }),
    get busy() {
      return busy;
    },
  };
}

/** What `use` makes of a session; after `signal` it has `DEATH_MS` to come to its end, then who waits is let go. */
async function ended<T>(opening: Promise<ClientChannel>, use: (channel: ClientChannel) => Promise<T>, signal?: AbortSignal): Promise<T> {
  const channel = await opening;
  return new Promise((resolve, reject) => {
    let late: NodeJS.Timeout | undefined;
    const letGo = (): void => {
      late = setTimeout(() => {
        channel.destroy();
        reject(signal?.reason);
      }, DEATH_MS);
    };
    if (signal?.aborted) letGo();
    else signal?.addEventListener('abort', letGo, { once: true });
    use(channel)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(late);
        signal?.removeEventListener('abort', letGo);
      });
  });
}

type Done<T> = (error: Error | undefined, channel: T) => void;

async function opened<T>(start: (done: Done<T>) => unknown, client: Client): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(start, client);
    } catch (error) {
      const roomLacking =
        reasonOf(error) === 4 || (reasonOf(error) === 2 && /open failed/i.test(String(error)) && !/connect/i.test(String(error)));
      if (!roomLacking || attempt > RETRIES) throw error;
      await delay(20 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

function openOnce<T>(start: (done: Done<T>) => unknown, client: Client): Promise<T> {
  return new Promise((resolve, reject) => {
    const lost = (): void => end(() => reject(connectionLost()));
    const late = setTimeout(() => end(() => reject(connectionTimeout())), OPEN_TIMEOUT_MS);
    const end = (settle: () => void): void => {
      clearTimeout(late);
      client.off('close', lost);
      settle();
    };
    client.once('close', lost);
    try {
      start((error, channel) => end(() => (error ? reject(error) : resolve(channel))));
    } catch (cause) {
      end(() => reject(connectionLost(cause))); // "Not connected" is thrown, not reported
    }
  });
}

const reasonOf = (error: unknown): unknown => (error as { reason?: unknown } | undefined)?.reason;

const refused =
  (problem: (cause: unknown) => Error) =>
  (error: unknown): never => {
    throw typeof reasonOf(error) === 'number' ||
      /Unable to exec|Unable to start subsystem|while establishing SFTP session/i.test(String(error))
      ? problem(error)
      : error;
  };
