import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface TestRagd {
  folder: string;
  admin: string;
  pid: () => number | undefined;
  call: (
    method: string,
    path: string,
    options?: { body?: object | Buffer; token?: string; headers?: Record<string, string> },
    // oxlint-disable-next-line typescript/no-explicit-any -- answers of many shapes, of which a test reads what it likes
  ) => Promise<{ status: number; body: any; bytes: Buffer }>;
  /** Waits until every file of the agent is done or failed. */
  settled: (agent: string) => Promise<void>;
  kill: (signal: NodeJS.Signals) => Promise<void>;
  start: () => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

export const RAGD_SCRIPT = join(import.meta.dirname, '../../ragd/src/main.ts');
const SETTLED_WITHIN_MS = 60_000;

/** Waits until it is true, generously: a loaded machine is slow. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const endAt = performance.now() + SETTLED_WITHIN_MS;
  while (!(await isTrue())) {
    if (performance.now() > endAt) throw new Error('what was waited for did not come');
    await delay(30);
  }
}

/** The real service process on a Unix socket in a folder of its own. */
export async function startRagd({
  script = RAGD_SCRIPT,
  env = {} as Record<string, string>,
  /** Words that start it in other circumstances; the command follows them. */
  wrap = [] as readonly string[],
} = {}): Promise<TestRagd> {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-ragd-'));
  const admin = execFileSync(process.execPath, [script, 'token', '--data', folder], { encoding: 'utf8' }).trim();
  let child: ChildProcess | undefined;
  const call: TestRagd['call'] = (method, path, { body, token = admin, headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          socketPath: join(folder, 'ragd.sock'),
          method,
          path,
          headers: { host: 'localhost', ...(token && { authorization: `Bearer ${token}` }), ...headers },
        },
        async (response) => {
          const pieces: Buffer[] = [];
          for await (const piece of response) pieces.push(Buffer.from(piece));
          const bytes = Buffer.concat(pieces);
          const json = response.headers['content-type'] === 'application/json';
          resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(bytes.toString()) : undefined, bytes });
        },
      );
      sent.once('error', reject);
      sent.end(body instanceof Buffer ? body : body && JSON.stringify(body));
    });
  const start = async (): Promise<void> => {
    const [file = '', ...words] = [...wrap, process.execPath, script, 'serve', '--data', folder];
    const started = spawn(file, words, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      for (const stream of [started.stdout, started.stderr])
        stream?.on('data', (piece: Buffer) => ((said += piece.toString()), said.includes('listens on') && resolve()));
      started.once('exit', (code) => reject(new Error(`ragd ended with ${code}: ${said}`)));
    });
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  await start();
  return {
    folder,
    admin,
    call,
    kill,
    start,
    pid: () => child?.pid,
    async settled(agent) {
      const endAt = performance.now() + SETTLED_WITHIN_MS;
      for (;;) {
        const { body } = await call('GET', `/agents/${agent}`);
        if (body.states.queued + body.states.parsing + body.states.embedding === 0) return;
        if (performance.now() > endAt) throw new Error(`not settled: ${JSON.stringify(body)}`);
        await delay(50);
      }
    },
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
