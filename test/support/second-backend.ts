import { fork } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { productionEnvironment } from './world.ts';

const DATABASE = 'clawmoor.db';

/**
 * A whole backend on the database of a test's own world, to be killed at any moment. That world goes on answering the test, so the second
 * one reaches the file by another name: only one process may open a database under one. Its tasks must be driven by this one alone.
 */
export async function startSecondBackend(dataDir: string): Promise<{ kill: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-second-'));
  symlinkSync(join(dataDir, DATABASE), join(folder, DATABASE));
  const guard = `${DATABASE}.id`;
  if (existsSync(join(dataDir, guard))) copyFileSync(join(dataDir, guard), join(folder, guard));
  const env = { ...process.env, ...productionEnvironment, DATA_DIR: folder };
  const child = fork(join(import.meta.dirname, 'backend-process.ts'), { env, stdio: 'inherit' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const running = new Promise<boolean>((resolve) => child.once('message', () => resolve(true)));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await Promise.race([running, ended.then(() => false)]))) {
    await kill();
    throw new Error('The second backend ended before it ran');
  }
  return { kill };
}
