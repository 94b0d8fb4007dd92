import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Host, HostPool } from '../../backend/src/lib/host.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { poolTo } from './world.ts';

describeIf(SSHD !== undefined, 'there is no sshd')('A detached run over a real sshd', () => {
  let sshd: TestSshd;
  let pool: HostPool;
  const on = <T>(use: (host: Host) => Promise<T>): Promise<T> => pool.with('server', use);
  beforeAll(async () => {
    sshd = await startSshd();
    pool = poolTo(sshd.target);
  });
  afterAll(async () => {
    await pool[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });
  const read = async (name: string, offset = 0): Promise<{ lines: string[]; offset: number; end: unknown }> => {
    const seen = { lines: [] as string[], offset };
    const end = await on((host) =>
      host.runs.follow(name, {
        offset,
        onLines: (lines, next) => {
          seen.lines.push(...lines);
          seen.offset = next;
        },
      }),
    );
    return { ...seen, end };
  };

  it('leaves log and exit code, in a folder for its user alone, and its secrets nowhere', async () => {
    expect(
      await on((host) =>
        host.runs.start('one', { script: 'echo "got ${#KEY} characters"; echo wrong >&2; exit 7', secrets: { KEY: 'canary-run-secret' } }),
      ),
    ).toBe('started');
    expect(await read('one')).toEqual({ lines: ['got 17 characters', 'wrong'], offset: 24, end: { exitCode: 7 } });
    const folder = join(sshd.home, '.clawmoor/runs/one');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const everything = readdirSync(folder).flatMap((name) =>
      statSync(join(folder, name)).isFile() ? [readFileSync(join(folder, name), 'utf8')] : [],
    );
    expect(everything.length).toBeGreaterThanOrEqual(4);
    expect(everything.join()).not.toContain('canary-run-secret');
  });

  it('is no longer followed at once when that is asked for, also while it says nothing (R6)', async () => {
    await on((host) => host.runs.start('silent', { script: 'echo begun; sleep 50' }));
    const asked = new AbortController();
    const following = on((host) =>
      host.runs.follow('silent', { offset: 0, signal: asked.signal, onLines: () => asked.abort(new Error('enough')) }),
    );
    await expect(following).rejects.toThrow('enough');
    expect(await on((host) => host.runs.state('silent'))).toBe('running');
    expect(await on((host) => host.runs.cancel('silent'))).toBe(true);
  });

  it('clears away those that ended long ago, and never one that runs (R25)', async () => {
    const folder = (name: string): string => join(sshd.home, '.clawmoor/runs', name);
    for (const name of ['of last year', 'of this week', 'still running']) mkdirSync(folder(name), { recursive: true });
    const [year, week] = [Date.now() / 1_000 - 365 * 86_400, Date.now() / 1_000 - 7 * 86_400];
    for (const [name, file, at] of [
      ['of last year', 'rc', year],
      ['of this week', 'rc', week],
      ['still running', 'log', year],
    ] as const) {
      writeFileSync(join(folder(name), file), '0\n');
      utimesSync(join(folder(name), file), at, at);
    }
    await on((host) => host.runs.start('new', { script: 'echo done' }));
    await read('new');
    expect(['of last year', 'of this week', 'still running', 'new'].filter((name) => existsSync(folder(name)))).toEqual([
      'of this week',
      'still running',
      'new',
    ]);
  });

  it('is never started twice, whoever asks and however often', async () => {
    const script = 'echo once >>"$HOME/count"; sleep 0.3';
    const answers = await Promise.all(Array.from({ length: 8 }, () => on((host) => host.runs.start('two', { script }))));
    await read('two');
    expect(answers.filter((answer) => answer === 'started').length).toBeGreaterThanOrEqual(1);
    expect(await on((host) => host.runs.start('two', { script }))).toBe('already');
    expect(readFileSync(join(sshd.home, 'count'), 'utf8')).toBe('once\n');
  });

  it('can be followed from any byte without losing or repeating one', async () => {
    await on((host) =>
      host.runs.start('three', { script: 'i=0; while [ $i -lt 2000 ]; do echo "line $i é"; i=$((i+1)); done; printf unfinished' }),
    );
    const whole = await read('three');
    expect(whole.lines.length).toBe(2001);
    expect(whole.offset).toBe(statSync(join(sshd.home, '.clawmoor/runs/three/log')).size);
    const middle = Buffer.byteLength(
      whole.lines
        .slice(0, 777)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect((await read('three', middle)).lines).toEqual(whole.lines.slice(777));
  });

  it('outlives the death of who started it, and is followed on by another process', async () => {
    const child = fork(join(import.meta.dirname, 'run-starter.ts'), { serialization: 'advanced', stdio: 'ignore' });
    child.send({ target: sshd.target, name: 'four', script: 'for i in 1 2 3 4 5 6 7 8; do echo "tick $i"; sleep 0.25; done' });
    await new Promise((resolve) => child.once('message', resolve));
    child.kill('SIGKILL');
    expect(await on((host) => host.runs.state('four'))).toBe('running');
    const { lines, end } = await read('four');
    expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((tick) => `tick ${tick}`));
    expect(end).toEqual({ exitCode: 0 });
  });

  it('is cancelled as a group, and verified to be gone', async () => {
    const mark = `7${process.pid}`;
    await on((host) => host.runs.start('five', { script: `sh -c "trap '' TERM; sleep ${mark}; sleep 1" & sleep ${mark}` }));
    expect(await on((host) => host.runs.cancel('five'))).toBe(true);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(`sleep ${mark}`);
    expect(await on((host) => host.runs.state('five'))).toBe('lost');
  });

  it('is told to be lost when its process vanished without a result', async () => {
    await on((host) => host.runs.start('six', { script: 'echo here; sleep 30' }));
    const [pid] = readFileSync(join(sshd.home, '.clawmoor/runs/six/pid'), 'utf8').split(' ');
    process.kill(-Number(pid), 'SIGKILL');
    expect(await read('six')).toMatchObject({ lines: ['here'], end: { exitCode: null, why: 'lost' } });
    expect(await on((host) => host.runs.state('no-such-run'))).toBe('absent');
  });

  it('goes on while its follower is away, and says so', async () => {
    await on((host) => host.runs.start('seven', { script: 'echo a; sleep 1; echo b' }));
    const away = new AbortController();
    setTimeout(() => away.abort(new Error('locked phone')), 300);
    const lines: string[] = [];
    let offset = 0;
    const following = on((host) =>
      host.runs.follow('seven', { offset: 0, signal: away.signal, onLines: (more, next) => (lines.push(...more), (offset = next)) }),
    );
    await expect(following).rejects.toThrow('locked phone');
    await delay(100);
    expect([...lines, ...(await read('seven', offset)).lines]).toEqual(['a', 'b']);
  });
});
