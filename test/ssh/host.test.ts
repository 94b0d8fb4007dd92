import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandFailed, type Host, type HostPool } from '../../backend/src/lib/host.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { poolTo } from './world.ts';

const processes = (mark: string): string[] =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(mark));

describeIf(SSHD !== undefined, 'there is no sshd')('A host over a real sshd', () => {
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

  it('hands every word over as it is, in sh and in bash (S26)', async () => {
    const nasty = [
      'a b',
      "it's",
      '$(id)',
      '`id`',
      '"q"',
      '\\',
      '\n',
      '*',
      '',
      '-n',
      '--',
      'é😀',
      "';rm -rf x;'",
      '!x',
      '~',
      '\t',
      '$HOME',
      '#',
      '&',
      '|',
      '\r',
    ];
    const random = Array.from({ length: 300 }, () => randomBytes(12).toString('latin1').replaceAll('\0', ''));
    const words = [...nasty, ...random];
    for (const shell of ['sh', 'bash']) {
      const script = sh`printf '<%s>' ${words}`.text;
      const { stdout } = await on((host) => host.run(sh`${shell} -c ${script}`));
      expect(stdout.length).toBeGreaterThan(100);
      expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
    }
    expect(sh`v=a/b; printf '%s\n' "\${v%/b}" ${'$v'}`.text).toBe(`v=a/b; printf '%s\\n' "\${v%/b}" '$v'`);
    expect(() => sh`echo ${'a\0b'}`).toThrow('NUL');
  });

  it('keeps commands, their parameters and their input out of the process list (S31)', async () => {
    const secret = `canary-${process.pid}-in-no-list`;
    const running = on((host) => host.run(sh`echo ${secret} >/dev/null; cat >/dev/null; sleep 0.6; true`, { stdin: secret }));
    await delay(300);
    expect(processes(secret)).toEqual([]);
    await running;
  });

  it('answers exit code, stdout and stderr apart, and `test` makes an answer of a failure', async () => {
    const failure = await on((host) => host.run(sh`echo out; echo oops >&2; exit 3`)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailed);
    expect(failure).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'oops\n', message: 'The command exited with 3: oops' });
    expect(await on((host) => host.test(sh`test -e /no/such/file`))).toBe(false);
    expect(await on((host) => host.test(sh`true`))).toBe(true);
  });

  it('decodes characters that were cut in two, and hands lines on as they come', async () => {
    const lines: [string, number][] = [];
    await on((host) =>
      host.run(sh`printf '\303'; sleep 0.2; printf '\251\n'; sleep 0.4; printf last`, {
        onLine: (line) => lines.push([line, performance.now()]),
      }),
    );
    expect(lines.map(([line]) => line)).toEqual(['é', 'last']);
    expect((lines[1]?.[1] ?? 0) - (lines[0]?.[1] ?? 0)).toBeGreaterThan(250);
  });

  it('keeps head and tail of a flood, drains both streams, and stays small (R10)', async () => {
    // What is held, not the resident size, which also has what the collector has not yet given back.
    const held = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;
    const before = held();
    let most = 0;
    const sampling = setInterval(() => (most = Math.max(most, held() - before)), 20);
    const { stdout, omitted } = await on((host) =>
      host.run(sh`head -c 200000000 /dev/zero | tr '\0' y; echo end; head -c 6000000 /dev/zero | tr '\0' e >&2`),
    );
    clearInterval(sampling);
    expect(omitted).toBeGreaterThan(190_000_000);
    expect(stdout.length).toBeLessThan(140_000);
    expect(stdout.endsWith('end\n')).toBe(true);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(100 * 1024 * 1024);
  });

  it('ends the whole process group when it is cancelled, also one that ignores TERM (R6)', async () => {
    for (const trap of ['', `trap '' TERM; `]) {
      const mark = `3${process.pid}.${trap.length}`;
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error('stopped by a person')), 300);
      const command = sh`sh -c ${`${trap}sleep ${mark}; sleep 1`} & sleep ${mark}; wait; echo never`;
      await expect(on((host) => host.run(command, { signal: stop.signal }))).rejects.toThrow('stopped by a person');
      await delay(200);
      expect(processes(`sleep ${mark}`)).toEqual([]);
    }
  }, 40_000);

  it('takes silence for a failure, not duration', async () => {
    await expect(on((host) => host.run(sh`sleep 20`, { idleTimeoutMs: 400 }))).rejects.toMatchObject({ code: 'ssh.command_silent' });
    const { stdout } = await on((host) => host.run(sh`for i in 1 2 3 4; do echo $i; sleep 0.25; done`, { idleTimeoutMs: 600 }));
    expect(stdout).toBe('1\n2\n3\n4\n');
  });

  it('runs 100 queued commands on one connection without a failure at MaxSessions 10 (R8)', async () => {
    const outputs = await Promise.all(Array.from({ length: 100 }, (_, index) => on((host) => host.run(sh`echo ${index}`))));
    expect(outputs.map(({ stdout }) => stdout.trim())).toEqual(outputs.map((_, index) => String(index)));
  });

  it('writes files whole or not at all, and reads them back', async () => {
    const content = 'TOKEN="a$b`c\'\n\\é😀"\n';
    await on(async (host) => {
      await host.writeFile('dir with space.env', content);
      expect(await host.readFile('dir with space.env')).toBe(content);
      expect(statSync(join(sshd.home, 'dir with space.env')).mode & 0o777).toBe(0o600);
      expect(await host.readFile('missing')).toBeUndefined();
      await expect(host.writeFile('/no/such/folder/x', 'y')).rejects.toMatchObject({ code: 'ssh.sftp_failed' });
      await host.run(sh`head -c 3000 /dev/zero | tr '\0' x >large`);
      await expect(host.readFile('large', { maxBytes: 1000 })).rejects.toMatchObject({ code: 'ssh.sftp_failed' });
    });
  });

  it.each([
    ['with sftp', []],
    ['where sftp is off', ['Subsystem sftp /bin/false']],
  ])('uploads and downloads 20 MB %s', async (_how, config) => {
    await using other = await startSshd({ config });
    await using others = poolTo(other.target);
    const bytes = randomBytes(20_000_000);
    await others.with('x', async (host) => {
      const seen: number[] = [];
      await host.upload(bytes, '~/up.bin', { mode: 0o640, onProgress: (count) => seen.push(count) });
      expect(readFileSync(join(other.home, 'up.bin')).equals(bytes)).toBe(true);
      expect(statSync(join(other.home, 'up.bin')).mode & 0o777).toBe(0o640);
      expect(seen.at(-1)).toBe(bytes.length);
      const down = Buffer.concat(await (await host.download('up.bin', { offset: 1_000 })).toArray());
      expect(down.equals(bytes.subarray(1_000))).toBe(true);
    });
  });

  it.each([
    ['forward', []],
    ['bridge', ['AllowTcpForwarding no']],
  ])('reaches a port of the server: %s', async (by, config) => {
    await using other = await startSshd({ config });
    await using others = poolTo(other.target);
    await others.with('x', async (host) => {
      const forwarded = await host.forward(sshd.port);
      expect(forwarded.by).toBe(by);
      forwarded.stream.write('SSH-2.0-test\r\n');
      for await (const chunk of forwarded.stream) {
        expect(String(chunk)).toContain('SSH-2.0-OpenSSH');
        break;
      }
      await expect(host.forward(1)).rejects.toMatchObject({ code: 'gateway.down' });
    });
  });

  it('becomes root, or says which way is missing (S31)', async () => {
    const attempt = await on((host) => host.run(sh`id -u`, { root: true })).catch((error: unknown) => error);
    if (process.getuid?.() === 0) expect(attempt).toMatchObject({ stdout: '0\n' });
    else expect(attempt).toMatchObject({ code: expect.stringMatching(/^ssh\.sudo_/) });
  });

  it('comes back by itself after the connection was lost', async () => {
    // Up to the sshd of this connection: some login shells stay between it and the command.
    const killSshd = sh`p=$$; while :; do case $(ps -o comm= -p "$p") in sshd*) break ;; esac; p=$(ps -o ppid= -p "$p" | tr -d ' '); done; kill -9 "$p"; sleep 5`;
    await expect(on((host) => host.run(killSshd))).rejects.toMatchObject({
      code: 'ssh.connection_lost',
    });
    await delay(50);
    expect((await on((host) => host.run(sh`echo back`))).stdout).toBe('back\n');
  });
});
