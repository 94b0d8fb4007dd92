import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sh } from '../backend/src/lib/sh.ts';
import { poolTo } from '../test/ssh/world.ts';
import { startSshd, type TestSshd } from '../test/support/sshd.ts';
import { median, type Figure } from './report.ts';

const run = promisify(execFile);
const ROUNDS = 15;
const UPLOADS = 5;
const UPLOAD_BYTES = 100_000_000;

/** P8, P9, P10, P11: commands through our pool against OpenSSH's client, to the same sshd, one after the other in each round. */
export async function sshFigures(): Promise<Figure[]> {
  await using sshd = await startSshd();
  const openssh = await opensshTo(sshd);
  await using warm = poolTo(sshd.target);
  await warm.with('x', (host) => host.run(sh`true`));
  const times = { warm: [] as number[], cold: [] as number[], ssh: [] as number[], master: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.warm.push(await timed(() => warm.with('x', (host) => host.run(sh`true`))));
    times.ssh.push(await timed(() => run('ssh', [...openssh, 'true'])));
    times.master.push(await timed(() => run('ssh', ['-o', `ControlPath=${join(sshd.dir, 'master')}`, ...openssh, 'true'])));
    await using fresh = poolTo(sshd.target);
    times.cold.push(await timed(() => fresh.with('x', (host) => host.run(sh`true`))));
  }
  await run('ssh', ['-o', `ControlPath=${join(sshd.dir, 'master')}`, '-O', 'exit', ...openssh]).catch(() => {});
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => warm.with('x', (host) => host.run(sh`true`))));
  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  const [sent, scp] = await uploads(sshd, openssh);
  return [
    {
      id: 'P10',
      what: 'upload of 100 MB',
      unit: 'MB/s',
      ours: UPLOAD_BYTES / 1_000 / sent,
      anchor: { name: 'scp', value: UPLOAD_BYTES / 1_000 / scp },
      target: { op: '>=', value: 0.9 },
    },
    {
      id: 'P8',
      what: 'command on a pooled connection',
      unit: 'ms',
      ours: median(times.warm),
      anchor: { name: 'ssh host true', value: median(times.ssh) },
      target: { op: '<=', value: 0.05 },
    },
    {
      id: 'P8',
      what: 'the same, against ControlMaster',
      unit: 'ms',
      ours: median(times.warm),
      anchor: { name: 'ssh, ControlMaster', value: median(times.master) },
      target: { op: '<=', value: 0.5 },
    },
    {
      id: 'P9',
      what: 'first command to a server',
      unit: 'ms',
      ours: median(times.cold),
      anchor: { name: 'ssh host true', value: median(times.ssh) },
      target: { op: '<=', value: 0.5 },
    },
    { id: 'P11', what: '100 queued commands on one connection', unit: 'failures', ours: failed, target: { op: '<=', value: 0 } },
  ];
}

/** Milliseconds of an upload of ours and of one by scp, in turn. */
async function uploads(sshd: TestSshd, openssh: string[]): Promise<[number, number]> {
  await using pool = poolTo(sshd.target);
  const file = join(sshd.dir, 'upload');
  await writeFile(file, Buffer.alloc(UPLOAD_BYTES, 'not all zeros '));
  const times = { ours: [] as number[], scp: [] as number[] };
  // scp says -P for ssh's -p, and has the address with the file; a master would save it the login that our pool saves.
  const words = ['-q', ...openssh.slice(0, -3), '-P', String(sshd.port), file, `${openssh.at(-1)}:${join(sshd.home, 'by-scp')}`];
  await pool.with('x', (host) => host.run(sh`true`));
  await run('ssh', ['-o', `ControlPath=${join(sshd.dir, 'master')}`, ...openssh, 'true']);
  for (let round = 0; round < UPLOADS; round += 1) {
    times.ours.push(
      await timed(() =>
        pool.with('x', (host) => host.upload(createReadStream(file, { highWaterMark: 256 * 1024 }), join(sshd.home, 'by-us'))),
      ),
    );
    times.scp.push(await timed(() => run('scp', ['-o', `ControlPath=${join(sshd.dir, 'master')}`, ...words])));
  }
  await run('ssh', ['-o', `ControlPath=${join(sshd.dir, 'master')}`, '-O', 'exit', ...openssh]).catch(() => {});
  for (const path of [file, join(sshd.home, 'by-us'), join(sshd.home, 'by-scp')]) await rm(path);
  return [median(times.ours), median(times.scp)];
}

/** The words of an ssh call that asks nobody and starts a master where a ControlPath is given. */
export async function opensshTo({ dir, target, port }: TestSshd): Promise<string[]> {
  if (!('privateKey' in target.auth) || !target.pin) throw new Error('the test sshd logs in by key');
  await writeFile(join(dir, 'bench_key'), target.auth.privateKey, { mode: 0o600 });
  await writeFile(join(dir, 'bench_known'), `[127.0.0.1]:${port} ${target.pin.type} ${target.pin.key}\n`);
  const options = {
    IdentityFile: join(dir, 'bench_key'),
    UserKnownHostsFile: join(dir, 'bench_known'),
    IdentitiesOnly: 'yes',
    BatchMode: 'yes',
    ControlMaster: 'auto',
    ControlPersist: '30',
    LogLevel: 'ERROR',
  };
  return [
    '-F',
    'none',
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    '-p',
    String(port),
    `${target.username}@127.0.0.1`,
  ];
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
