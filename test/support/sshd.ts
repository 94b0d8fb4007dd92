import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import { describeHostKey } from '../../backend/src/adapters/ssh/host-key.ts';
import type { SshTarget } from '../../backend/src/lib/host.ts';

export const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path));

const PORTS_TRIED = 5;
const LISTENS_WITHIN_MS = 30_000;

export interface TestSshd {
  port: number;
  /** How to log in: the current user with a key made for this server. */
  target: SshTarget;
  dir: string;
  /** The home folder that a login gets. */
  home: string;
  pid: number;
  log: () => string;
  [Symbol.asyncDispose]: () => Promise<void>;
}

type SshdOptions = Parameters<typeof startOnce>[0];

/** A real OpenSSH server on a free loopback port, for the current user, with a home folder of its own. */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  for (let tries = 1; ; tries++)
    try {
      return await startOnce(options);
    } catch (error) {
      // Somebody else took the port between the moment that it was free and now.
      if (options.port !== undefined || tries === PORTS_TRIED || !/Address already in use/.test(String(error))) throw error;
    }
}

async function startOnce({
  config = [],
  hostKeyTypes = ['ed25519'],
  port: wanted,
  env = {},
}: {
  config?: string[];
  hostKeyTypes?: ('ed25519' | 'rsa' | 'ecdsa')[];
  port?: number;
  env?: Record<string, string>;
} = {}): Promise<TestSshd> {
  if (!SSHD) throw new Error('There is no sshd here; install openssh-server');
  const dir = await mkdtemp(join(tmpdir(), 'clawmoor-sshd-'));
  const home = join(dir, 'home');
  mkdirSync(join(home), { recursive: true });
  const client = generateKeyPair();
  const port = wanted ?? (await freePort());
  const publicKeys = await Promise.all(hostKeyTypes.map((type) => makeHostKey(dir, type)));
  await writeFile(join(dir, 'authorized_keys'), `${client.publicKey}\n`, { mode: 0o600 });
  await writeFile(join(dir, 'sshd_config'), configText({ dir, home, port, hostKeyTypes, config, env }));
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // sshd's own privilege separation folder
  const sshd = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  sshd.stderr.on('data', (chunk: Buffer) => (log = (log + chunk).slice(-65_536)));
  try {
    // Not a connection: on a port that was taken meanwhile another one would answer it.
    await listening(() => ({ ended: sshd.exitCode !== null, log }));
  } catch (error) {
    sshd.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  const raw = Buffer.from(publicKeys[0]?.split(' ')[1] ?? '', 'base64');
  return {
    port,
    dir,
    home,
    pid: sshd.pid ?? 0,
    log: () => log,
    target: { host: '127.0.0.1', port, username: userInfo().username, auth: { privateKey: client.privateKey }, pin: describeHostKey(raw) },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => sshd.once('exit', resolve));
      sshd.kill('SIGKILL');
      if (sshd.exitCode === null && sshd.signalCode === null) await ended;
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function makeHostKey(dir: string, type: string): Promise<string> {
  const file = join(dir, `host_${type}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'test', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8');
}

function configText({
  dir,
  home,
  port,
  hostKeyTypes,
  config,
  env,
}: {
  dir: string;
  home: string;
  port: number;
  hostKeyTypes: string[];
  config: string[];
  env: Record<string, string>;
}): string {
  const variables = Object.entries({ HOME: home, XDG_RUNTIME_DIR: join(dir, 'run'), ...env }).map(([name, value]) => `${name}=${value}`);
  return [
    // The first value counts in sshd_config: what a test says comes before the defaults.
    ...config,
    `ListenAddress 127.0.0.1`,
    `Port ${port}`,
    ...hostKeyTypes.map((type) => `HostKey ${join(dir, `host_${type}`)}`),
    'PidFile none',
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    ...(config.some((line) => line.startsWith('Subsystem')) ? [] : ['Subsystem sftp internal-sftp']),
    `SetEnv ${variables.join(' ')}`,
    '',
  ].join('\n');
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

async function listening(look: () => { ended: boolean; log: string }): Promise<void> {
  for (let waited = 0; waited < LISTENS_WITHIN_MS; waited += 25) {
    const { ended, log } = look();
    if (ended) throw new Error(`sshd ended: ${log}`);
    if (/Server listening on/.test(log)) return;
    await delay(25);
  }
  throw new Error(`sshd did not open its port within 30 s: ${look().log}`);
}
