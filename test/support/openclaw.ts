import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nodeSuits } from '../../backend/src/features/setup/versions.ts';
import { TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { freePort } from './sshd.ts';

const run = promisify(execFile);
// One per user: another's cannot be written, and should not be trusted.
const CACHE = join(tmpdir(), `clawmoor-test-cache-${process.getuid?.() ?? 'any'}`);
const COMPILED = join(CACHE, 'compiled');
const INSTALL_MS = 300_000;
const COMMAND_MS = 180_000;
const READY_MS = 240_000;

/** Why the real OpenClaw cannot run here; `undefined` where it can. */
export const whyNoOpenclaw = (): string | undefined =>
  process.platform !== 'linux' ? 'it needs Linux' : nodeSuits(process.version) ? undefined : `it needs Node 24, this is ${process.version}`;

export interface TestOpenclaw {
  port: number;
  token: string;
  home: string;
  log: () => string;
  cli: (...words: string[]) => Promise<string>;
  /** The same as a line for a shell: what somebody would run over SSH. */
  command: (words: string) => string;
  /** The configuration file as it stands, and how to write it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- OpenClaw's file, of which a test changes what it likes
  config: { read: () => Record<string, any>; write: (config: object) => Promise<void> };
  /** Starts the gateway and waits until it is ready. */
  start: () => Promise<void>;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** The gateway's own process id; `undefined` while it is stopped. */
  pid: () => number | undefined;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The real OpenClaw from the npm registry, onboarded in a home folder of its own against a model on loopback, and running. */
export async function startOpenclaw({
  home,
  modelPort,
  env: extra = {},
}: {
  home: string;
  modelPort: number;
  env?: Record<string, string>;
}): Promise<TestOpenclaw> {
  const script = await installed(TESTED_UP_TO);
  const [port, token] = [await freePort(), randomBytes(24).toString('base64url')];
  const temporary = join(home, 'tmp');
  await mkdir(temporary, { recursive: true });
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: temporary,
    // Shared: compiling its code anew in every home takes a gateway 3.5 s of processor, and each command 1.5 s.
    NODE_COMPILE_CACHE: COMPILED,
    ...extra,
  };
  const cli = async (...words: string[]): Promise<string> =>
    (await run(process.execPath, [script, ...words], { env, cwd: home, timeout: COMMAND_MS, maxBuffer: 8 * 1024 * 1024 })).stdout;
  await cli(...onboarding({ port, modelPort }));
  const file = join(home, '.openclaw/openclaw.json');
  const config = {
    read: () => JSON.parse(readFileSync(file, 'utf8')),
    write: (content: object) => writeFile(file, JSON.stringify(content, undefined, 2), { mode: 0o600 }),
  };
  const { gateway } = config.read();
  await config.write({
    ...config.read(),
    gateway: { ...gateway, auth: { mode: 'token', token } },
    logging: { file: join(home, 'openclaw.log') },
  });

  let child: ChildProcess | undefined;
  let log = '';
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [script, 'gateway', 'run'], {
      env,
      cwd: home,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk: Buffer) => (log = (log + chunk).slice(-65_536)));
    const endAt = performance.now() + READY_MS;
    while (!(await isReady(config.read()['gateway'].port))) {
      if (started.exitCode !== null || performance.now() > endAt) throw new Error(`The gateway did not get ready: ${log.slice(-2_000)}`);
      await delay(200);
    }
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const stopping = child;
    child = undefined;
    if (!stopping?.pid || stopping.exitCode !== null || stopping.signalCode !== null) return;
    const ended = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill(signal);
    await Promise.race([ended, delay(10_000, undefined, { ref: false })]);
    endGroup(stopping.pid, 'SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    token,
    home,
    log: () => log,
    cli,
    command: (words) => `PATH=${env.PATH} HOME=${home} TMPDIR=${temporary} exec ${process.execPath} ${script} ${words}`,
    config,
    start,
    stop,
    pid: () => child?.pid,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      await rm(join(home, '.openclaw'), { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const onboarding = ({ port, modelPort }: { port: number; modelPort: number }): string[] =>
  `onboard --non-interactive --accept-risk --json --mode local --flow manual
  --auth-choice custom-api-key --custom-provider-id test --custom-base-url http://127.0.0.1:${modelPort}/v1
  --custom-model-id test-model --custom-api-key none --custom-compatibility openai --custom-text-input
  --gateway-port ${port} --gateway-bind loopback --gateway-auth token --tailscale off
  --skip-daemon --skip-channels --skip-skills --skip-search --skip-ui --skip-health --skip-hooks
  --suppress-gateway-token-output`.split(/\s+/);

/** Installs once per version, beside the place and then into it: another test may do the same at the same time. */
export async function installed(version: string): Promise<string> {
  const folder = join(CACHE, `openclaw-${version}`);
  const script = join(folder, 'node_modules/openclaw/openclaw.mjs');
  if (existsSync(script)) return script;
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
  await run('npm', ['install', '--prefix', draft, '--no-audit', '--no-fund', '--loglevel=error', `openclaw@${version}`], {
    env,
    timeout: INSTALL_MS,
  });
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  return script;
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // it is gone already
  }
}
