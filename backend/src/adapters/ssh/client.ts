import type { Duplex } from 'node:stream';
import { Client, type ConnectConfig } from 'ssh2';
import type { Dial } from '../../lib/egress.ts';
import type { HostKey, SshTarget } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { algorithmsFor } from './algorithms.ts';
import { describeHostKey, sameHostKey } from './host-key.ts';
import {
  authFailed,
  connectionLost,
  connectionTimeout,
  forwardingDenied,
  hostKeyChanged,
  hostKeyUnconfirmed,
  noCommonAlgorithms,
  notSsh,
} from './ssh.problems.ts';

const READY_TIMEOUT_MS = 20_000;
// A frozen peer sends no FIN: three missed answers, 30 s, and it counts as gone.
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };

export interface Link {
  client: Client;
  /** Ends the connection and that to the jump host behind it. */
  close: () => void;
}

export interface Connecting {
  dial: Dial;
  signal?: AbortSignal;
}

type Hop = Omit<SshTarget, 'jump' | 'sudoPassword'>;

/** Logs in. Every hop's host key must be pinned: without a pin nothing is dialled, and no credential is ever sent. */
export async function connectTo(target: SshTarget, { dial, signal }: Connecting): Promise<Link> {
  if (!target.pin || (target.jump && !target.jump.pin)) throw hostKeyUnconfirmed();
  if (!target.jump) {
    const socket = await dial({ host: target.host, port: target.port, ...(signal && { signal }) });
    const client = await logIn(target, socket, signal);
    return { client, close: () => client.end() };
  }
  const jumpSocket = await dial({ host: target.jump.host, port: target.jump.port, ...(signal && { signal }) });
  const jump = await logIn(target.jump, jumpSocket, signal);
  try {
    const client = await logIn(target, await throughJump(jump, target), signal);
    client.once('close', () => jump.end());
    return { client, close: () => (client.end(), jump.end()) };
  } catch (error) {
    jump.end();
    throw error;
  }
}

/** The key that a server shows, learnt without logging in: the handshake is refused at that point. */
export function readHostKey(socket: Duplex, { type, signal }: { type?: string | undefined; signal?: AbortSignal } = {}): Promise<HostKey> {
  return new Promise((resolve, reject) => {
    let seen: HostKey | undefined;
    const refuseEvery = (raw: Buffer, verify: (ok: boolean) => void): void => {
      seen = describeHostKey(raw);
      verify(false);
    };
    handshake({
      socket,
      signal,
      config: { username: 'nobody', algorithms: algorithmsFor(type) },
      verify: refuseEvery,
      ended: (_client, error) => (seen ? resolve(seen) : reject(explain(error, { tried: 'key' }))),
    });
  });
}

export function throughJump(jump: Client, to: { host: string; port: number }): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    jump.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => (error ? reject(forwardingDenied(error)) : resolve(channel)));
  });
}

export function logIn(hop: Hop, socket: Duplex, signal?: AbortSignal): Promise<Client> {
  const { pin, auth, username } = hop;
  if (!pin) return Promise.reject(hostKeyUnconfirmed());
  const tried = 'password' in auth ? ('password' as const) : ('key' as const);
  return new Promise((resolve, reject) => {
    let keyDiffers = false;
    const verify = (raw: Buffer, answer: (ok: boolean) => void): void => {
      keyDiffers = !sameHostKey(raw, pin);
      answer(!keyDiffers);
    };
    const config: ConnectConfig = {
      username,
      algorithms: algorithmsFor(pin.type),
      ...('password' in auth
        ? { password: auth.password, tryKeyboard: true }
        : { privateKey: auth.privateKey, ...(auth.passphrase !== undefined && { passphrase: auth.passphrase }) }),
    };
    const ended = (client: Client, error: unknown): void => {
      if (error === undefined) return resolve(client);
      if (signal?.aborted) return reject(signal.reason);
      // A server that no longer has a key of the pinned type fails in the negotiation, before any key is shown.
      reject(keyDiffers || noHostKeyInCommon(error) ? hostKeyChanged() : explain(error, { tried }));
    };
    handshake({ socket, signal, config, verify, ended, ...('password' in auth && { answer: auth.password }) });
  });
}

interface Handshake {
  socket: Duplex;
  signal: AbortSignal | undefined;
  config: ConnectConfig;
  verify: (raw: Buffer, answer: (ok: boolean) => void) => void;
  /** Called once: without an error when the login is complete. */
  ended: (client: Client, error?: unknown) => void;
  /** What to answer to keyboard-interactive questions. */
  answer?: string;
}

function handshake({ socket, signal, config, verify, ended, answer }: Handshake): void {
  const client = new Client();
  let open = true;
  const settle = (error?: unknown): void => {
    if (!open) return;
    open = false;
    signal?.removeEventListener('abort', abort);
    if (error !== undefined) {
      client.end();
      socket.destroy();
    }
    ended(client, error);
  };
  const abort = (): void => settle(signal?.reason ?? new Error('aborted'));
  signal?.addEventListener('abort', abort, { once: true });
  // For ever, not once: 2.5 % of failed clients emit a second error, and one without a listener ends the process.
  client.on('error', settle);
  client.on('close', () => settle(connectionLost()));
  client.on('ready', () => settle());
  // Hidden questions get the password; visible ones ("press Enter", a one-time code) an empty line.
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
    finish(prompts.map(({ echo }) => (echo === true ? '' : (answer ?? ''))));
  });
  try {
    client.connect({
      ...KEEPALIVE,
      ...config,
      sock: socket,
      readyTimeout: READY_TIMEOUT_MS,
      agentForward: false,
      // Synchronous, and it answers through the callback only: ssh2 takes any returned value but `false` for a yes.
      hostVerifier: (raw: Buffer, answerVerifier: (ok: boolean) => void): void => {
        try {
          verify(raw, answerVerifier);
        } catch {
          answerVerifier(false);
        }
      },
    });
  } catch (error) {
    settle(error); // an unreadable key throws here
  }
  if (signal?.aborted) abort();
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const levelOf = (error: unknown): string | undefined => (error as { level?: string } | undefined)?.level;

const noHostKeyInCommon = (error: unknown): boolean => /no matching (server )?host key/i.test(messageOf(error));

function explain(error: unknown, { tried }: { tried: 'password' | 'key' }): unknown {
  if (error instanceof Problem || (error instanceof Error && error.name === 'AbortError')) return error;
  const [message, level] = [messageOf(error), levelOf(error)];
  if (level === 'client-authentication') return authFailed(tried);
  if (level === 'client-timeout' || /timed? ?out/i.test(message)) return connectionTimeout(error);
  if (/no matching/i.test(message)) return noCommonAlgorithms(error);
  if (/identification string|Invalid (packet|version)|bad packet length|not supported|protocol/i.test(message)) return notSsh(error);
  if (level === 'client-socket' || level === 'protocol' || level === 'handshake' || /lost|closed|ECONNRESET|EPIPE|end/i.test(message))
    return connectionLost(error);
  if (/cannot parse privateKey|passphrase/i.test(message)) return authFailed('key');
  return connectionLost(error);
}
