import { execFile } from 'node:child_process';
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, skipped, warn, type Finding, type Installation } from './check.ts';

const TIMEOUT_MS = 15_000;
const GB = 1024 ** 3;
const LOW_DISK_GB = 1;
const MAIN = join(import.meta.dirname, '../../backend/dist/main.mjs');

/** This machine: the settings as the release reads them, who may read what, room on the disk, the unit. */
export async function checkMachine(installation: Installation): Promise<Finding[]> {
  return [
    await configuration(installation),
    await permissions(installation),
    await disk(installation.data),
    ...(installation.unit === undefined ? [] : [await unit(installation.unit)]),
  ];
}

async function configuration({ settings, envFile }: Installation): Promise<Finding> {
  const { status, output } = await run(process.execPath, [MAIN, '--check-config'], settings);
  if (status === 0) return ok('settings', 'usable');
  const lines = output
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  return fail('settings', lines.join('; ') || 'they cannot be checked', `Correct ${envFile}, then: systemctl restart clawmoor`);
}

/** The secrets are for root alone (S35), the data for the service alone, and the key is not beside what it opens. */
async function permissions({ envFile, data }: Installation): Promise<Finding> {
  const found = await Promise.all([stat(envFile).catch(() => undefined), stat(data).catch(() => undefined)]);
  const [secrets, folder] = found;
  if (!secrets) return skipped('permissions', `there is no ${envFile}`);
  if ((secrets.mode & 0o007) !== 0) return fail('permissions', `everybody can read ${envFile}`, `Run: chmod 600 ${envFile}`);
  if (folder && (folder.mode & 0o077) !== 0) return fail('permissions', `others can read ${data}`, `Run: chmod 700 ${data}`);
  if (envFile.startsWith(`${data}/`))
    return fail('permissions', 'the encryption key lies beside the data it opens', `Move ${envFile} out of ${data}`);
  return ok('permissions', 'secrets and data are closed to others');
}

async function disk(data: string): Promise<Finding> {
  const room = await statfs(data).catch(() => undefined);
  if (!room) return fail('disk', `there is no ${data}`, 'Start Clawmoor once, or correct DATA_DIR.');
  const freeGb = (room.bavail * room.bsize) / GB;
  const says = `${freeGb.toFixed(1)} GB free at ${data}`;
  return freeGb < LOW_DISK_GB ? warn('disk', says, 'Make room: backups and upgrades need a copy of the data.') : ok('disk', says);
}

async function unit(name: string): Promise<Finding> {
  const { output } = await run('systemctl', ['show', '-p', 'ActiveState,NRestarts', '--value', name], process.env);
  const [first = '', second = ''] = output.trim().split('\n');
  const [state, restarts] = /^\d+$/.test(first) ? [second, first] : [first, second];
  if (state !== 'active') return fail('unit', `${name} is ${state || 'unknown'}`, `Run: systemctl start ${name}; see: clawmoorctl logs`);
  if (Number(restarts) > 0) return warn('unit', `${name} fell over ${restarts} times since it was started`, 'See: clawmoorctl logs -n 200');
  return ok('unit', `${name} is active`);
}

function run(file: string, words: string[], env: Record<string, string | undefined>): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    execFile(file, words, { timeout: TIMEOUT_MS, env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) =>
      resolve({ status: error ? 1 : 0, output: stdout + stderr }),
    );
  });
}
