import { lookup } from 'node:dns/promises';
import { BlockList, connect, isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Problem } from './problem.ts';

/** Opens a TCP connection to a server, or refuses: the address that was checked is the one that is dialled. */
export type Dial = (to: { host: string; port: number; signal?: AbortSignal; onStage?: (stage: 'resolved') => void }) => Promise<Socket>;

export interface EgressPolicy {
  /** Which private and loopback addresses servers may have. */
  privateHosts: 'all' | 'none' | readonly string[];
  /** Our own listening ports: never dialled on an address of this machine. */
  ownPorts: () => readonly number[];
  /** The local trial's own SSH server on loopback: the one exception. */
  trialPort?: () => number | undefined;
  resolve?: (host: string) => Promise<string[]>;
}

const CONNECT_TIMEOUT_MS = 10_000;

const listOf = (...networks: string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return list;
};

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix] = network.split('/');
  list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

// Cloud metadata and other link-local services, multicast, "this network", reserved: no server of a person is there.
const NEVER = listOf(
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '::/128',
  'fd00:ec2::/32',
  'fe80::/10',
  'ff00::/8',
  '100::/64',
  '2001:db8::/32',
);
const PRIVATE = listOf('127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '::1/128', 'fc00::/7', 'fec0::/10');

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The IPv4 address inside `::ffff:…`, `64:ff9b::…` (NAT64), `2002:…` (6to4), else the address itself. */
export function plainAddress(address: string): string {
  const bytes = isIP(address) === 6 ? ipv6Words(address) : undefined;
  if (!bytes) return address;
  const v4 = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = bytes;
  const zeroTo4 = a === 0 && b === 0 && c === 0 && d === 0;
  if (zeroTo4 && ((e === 0 && f === 0xffff) || (e === 0xffff && f === 0))) return v4(g, h);
  if (zeroTo4 && e === 0 && f === 0 && (g !== 0 || h > 1)) return v4(g, h);
  if (a === 0x64 && b === 0xff9b) return v4(g, h);
  if (a === 0x2002) return v4(b, c);
  return address;
}

function ipv6Words(text: string): number[] | undefined {
  // The URL parser knows every spelling of an IPv6 address and answers the canonical one in hex.
  const canonical = new URL(`http://[${text.split('%')[0]}]`).hostname.slice(1, -1);
  const [left = '', right] = canonical.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  const head = words(left);
  const tail = right === undefined ? [] : words(right);
  return right === undefined ? head : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

/** Whether a server may have this address under the policy; the reason where not. */
export function addressAllowed(address: string, port: number, policy: EgressPolicy): boolean {
  const plain = plainAddress(address);
  if (plain === '127.0.0.1' && port === policy.trialPort?.()) return true;
  if (NEVER.check(plain, family(plain))) return false;
  if (isOwn(plain) && policy.ownPorts().includes(port)) return false;
  if (!PRIVATE.check(plain, family(plain)) || policy.privateHosts === 'all') return true;
  return policy.privateHosts !== 'none' && listOf(...policy.privateHosts).check(plain, family(plain));
}

function isOwn(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address));
}

const notAllowed = (host: string): Problem =>
  new Problem('server.host_not_allowed', `${host} is an address that this installation does not connect to`, {
    fix: 'Use the public address of the server. For a private network the operator sets ALLOW_PRIVATE_HOSTS.',
  });

/** Refuses a literal address at once; a name is checked when it is dialled. Throws `server.host_not_allowed`. */
export function checkHostLiteral(host: string, port: number, policy: EgressPolicy): void {
  const name = host.replace(/\.$/, '');
  // Spellings such as 0x7f.1 or 2130706433 are numbers to some resolvers: ask the URL parser what they mean.
  const meant = isIP(name) ? name : /^[\d.a-fx]+$/i.test(name) ? canonicalV4(name) : undefined;
  const loopbackName = /^(.*\.)?localhost$/i.test(name) ? '127.0.0.1' : undefined;
  const address = meant ?? loopbackName;
  if (address !== undefined && !addressAllowed(address, port, policy)) throw notAllowed(host);
}

function canonicalV4(name: string): string | undefined {
  try {
    const { hostname } = new URL(`http://${name}`);
    return isIP(hostname) ? hostname : undefined;
  } catch {
    return undefined;
  }
}

export function createDialer(policy: EgressPolicy): Dial {
  const resolve = policy.resolve ?? resolveWithSystem;
  return async ({ host, port, signal, onStage }) => {
    checkHostLiteral(host, port, policy);
    const asked = isIP(host) ? undefined : resolve(host.replace(/\.$/, '')).catch((cause: unknown) => unresolvable(host, cause));
    const addresses = asked ? await unlessAborted(asked, signal) : [host];
    if (addresses.length === 0) unresolvable(host, undefined);
    // Every address must be allowed: one name that answers a good and a bad one is an attempt at rebinding.
    if (addresses.some((address) => !addressAllowed(address, port, policy))) throw notAllowed(host);
    onStage?.('resolved');
    return connectToFirst(addresses, { host, port, ...(signal && { signal }) });
  };
}

/** The system's resolver cannot be stopped, and may take half a minute: whoever waits for it can. */
async function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return asked;
  asked.catch(() => {}); // nobody may be left to hear of it
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal }),
  );
  return Promise.race([asked, aborted]).finally(() => over.abort());
}

const resolveWithSystem = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

function unresolvable(host: string, cause: unknown): never {
  throw new Problem('server.host_unresolvable', `The name ${host} leads to no address`, {
    fix: 'Check the spelling, or use the IP address of the server.',
    cause,
  });
}

async function connectToFirst(addresses: string[], to: { host: string; port: number; signal?: AbortSignal }): Promise<Socket> {
  let failure: unknown;
  for (const address of addresses.slice(0, 4)) {
    try {
      return await connectTo(address, to);
    } catch (error) {
      to.signal?.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

function connectTo(address: string, { host, port, signal }: { host: string; port: number; signal?: AbortSignal }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // Nagle's algorithm would hold each small SSH packet back: 46 ms instead of 4 for a command.
    const socket = connect({ host: address, port, noDelay: true, keepAlive: true });
    const end = (error: unknown): void => {
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
      socket
        .removeAllListeners()
        .on('error', () => {})
        .destroy();
      reject(error);
    };
    const abort = (): void => end(signal?.reason);
    const late = setTimeout(() => end(connectProblem('ETIMEDOUT', host, port)), CONNECT_TIMEOUT_MS);
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('error', (error: NodeJS.ErrnoException) => end(connectProblem(error.code, host, port, error)));
    socket.once('connect', () => {
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function connectProblem(code: string | undefined, host: string, port: number, cause?: unknown): Problem {
  if (code === 'ECONNREFUSED') {
    return new Problem('ssh.refused', `${host} refuses connections on port ${port}`, {
      fix: 'Check the port, and that the SSH service runs: sudo systemctl status ssh',
      cause,
    });
  }
  if (code === 'ETIMEDOUT') {
    return new Problem('ssh.timeout', `${host} did not answer on port ${port}`, {
      fix: 'Check that the server is on, and that a firewall lets this port in.',
      cause,
    });
  }
  return new Problem('ssh.unreachable', `${host} cannot be reached (${code ?? 'network error'})`, {
    fix: 'Check the address and the network of the server.',
    cause,
  });
}
