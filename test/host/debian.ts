import { execFile, execFileSync, spawn } from 'node:child_process';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'testhost.sh');
const FOLDER = process.env['TESTHOST_DIR'] ?? '/var/tmp/clawmoor-testhost';
const COMMAND_TIMEOUT_MS = 240_000;

const testhost = async (words: string[], env: NodeJS.ProcessEnv = {}): Promise<string> =>
  (await run('bash', [SCRIPT, ...words], { env: { ...process.env, ...env }, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 }))
    .stdout;

/** Why no real Debian server can be made here; `undefined` where one can. */
export function whyNoDebianHosts(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root';
  if (!existsSync('/etc/debian_version')) return 'it needs Debian or Ubuntu';
  const tools = ['/usr/bin/mmdebstrap', '/usr/bin/systemd-nspawn', '/usr/sbin/nft', '/usr/bin/ssh'].filter((path) => !existsSync(path));
  if (tools.length > 0) return `it needs ${tools.join(', ')}`;
  try {
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore', timeout: 5_000 });
    execFileSync('unshare', ['--net', 'true'], { stdio: 'ignore', timeout: 5_000 });
    return undefined;
  } catch {
    return 'it needs network namespaces';
  }
}

export type TestUser = 'admin' | 'sudopw' | 'nosudo' | 'root';

export interface DebianHost {
  name: string;
  address: string;
  /** Of every user but root, who has the key only. */
  password: string;
  privateKey: string;
  /** Runs a command as a user, for the test's own look at the machine; answers its stdout. */
  exec: (command: string, user?: TestUser) => Promise<string>;
  /** Copies a file of this machine to it, as root. */
  put: (file: string, path: string) => Promise<void>;
  /** Boots the machine again and waits until people can log in. */
  reboot: () => Promise<void>;
  /** Ends it at once, as a power cut does, and boots it from its own disk. */
  powerCycle: () => Promise<void>;
  fault: (kind: 'unplug' | 'blackhole' | 'loss' | 'rate' | 'freeze' | 'crash' | 'none', amount?: number) => Promise<void>;
  /** Stops it and keeps its disk, for `startDebianHost({ from })`. */
  save: (as: string) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

let made = 0;

/** A fresh Debian machine with its own systemd, sshd, sudo and address; gone when it is disposed of. */
export async function startDebianHost({ from, disk }: { from?: string; disk?: string } = {}): Promise<DebianHost> {
  // Hosts of a run that was killed first: an outdated image cannot be made anew while they use it.
  await testhost(['down', '--dead']);
  await testhost(['build']);
  const name = `p${process.pid}-${++made}`;
  const env = disk === undefined ? {} : { TESTHOST_DISK: disk };
  const address = (await testhost(['up', name, ...(from ? [from] : [])], env)).trim();
  let saved = false;
  return {
    name,
    address,
    password: readFileSync(join(FOLDER, 'password'), 'utf8').trim(),
    privateKey: readFileSync(join(FOLDER, 'id_ed25519'), 'utf8'),
    exec: (command, user = 'admin') => testhost(['ssh', name, command], { TESTHOST_USER: user }),
    put: (file, path) =>
      new Promise((resolve, reject) => {
        const copy = spawn('bash', [SCRIPT, 'ssh', name, `cat >'${path}'`], {
          env: { ...process.env, TESTHOST_USER: 'root' },
          stdio: ['pipe', 'ignore', 'inherit'],
        });
        createReadStream(file).pipe(copy.stdin);
        copy.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${path} could not be written: ${code}`))));
      }),
    async reboot() {
      const bootId = async (): Promise<string> =>
        testhost(['ssh', name, 'cat /proc/sys/kernel/random/boot_id; systemctl show -p UserspaceTimestampMonotonic --value'], {
          TESTHOST_USER: 'root',
        });
      const before = await bootId();
      await testhost(['ssh', name, 'systemctl reboot'], { TESTHOST_USER: 'root' }).catch(() => ''); // the line may be cut before its answer
      for (let tries = 0; tries < 60; tries++) {
        await testhost(['wait', name]).catch(() => '');
        const after = await bootId().catch(() => before);
        if (after !== before) return;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      throw new Error(`${name} did not come back`);
    },
    async powerCycle() {
      await testhost(['fault', name, 'crash']);
      await testhost(['up', name], env);
    },
    async fault(kind, amount) {
      await testhost(['fault', name, kind, ...(amount === undefined ? [] : [String(amount)])]);
    },
    async save(as) {
      await testhost(['forget', as]).catch(() => '');
      await testhost(['save', name, as]);
      saved = true;
    },
    async [Symbol.asyncDispose]() {
      if (!saved) await testhost(['down', name]);
    },
  };
}
