import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { productionEnvironment, signInitData, SUPER_ADMIN } from './world.ts';

const MAIN = join(import.meta.dirname, '../../backend/src/main.ts');

export interface MainProcess {
  /** Of its interface: `http://127.0.0.1:<port>/api`. */
  url: string;
  child: ChildProcess;
  /** SIGKILL; resolves when it is gone. */
  kill: () => Promise<void>;
}

/** The whole backend as it is deployed, in a process of its own, on the data folder given. Resolves when it listens. */
export async function startMain(dataDir: string, { env = {}, imports = [] }: { env?: Record<string, string>; imports?: string[] } = {}) {
  const child = spawn(process.execPath, [...imports.flatMap((one) => ['--import', one]), MAIN], {
    cwd: dataDir,
    // All that is set here as well: where npm finds its registry is among it.
    env: { ...process.env, ...productionEnvironment, DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      const port = /listening on [\d.]+:(\d+)/.exec((said += String(chunk)))?.[1];
      if (port) resolve(`http://127.0.0.1:${port}/api`);
    });
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return { url, child, kill } satisfies MainProcess;
}

/** The super admin's token: it outlives the process that gave it. */
export async function signIn(url: string): Promise<string> {
  const initData = signInitData({ user: JSON.stringify({ id: SUPER_ADMIN, first_name: 'Olga' }) });
  const answer = await fetch(`${url}/auth/telegram`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ initData }),
  });
  if (answer.status !== 200) throw new Error(`sign-in was answered ${answer.status}`);
  return ((await answer.json()) as { token: string }).token;
}
