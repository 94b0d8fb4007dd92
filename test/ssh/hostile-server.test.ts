import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createProber } from '../../backend/src/adapters/ssh/probe.ts';
import type { Host, HostPool } from '../../backend/src/lib/host.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import { finish, onScript, startLyingServer, type LyingServer } from '../support/lying-server.ts';
import { dial, poolTo } from './world.ts';

describe('A server that lies (S33)', () => {
  let server: LyingServer;
  let pool: HostPool;
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  beforeAll(async () => {
    process.on('unhandledRejection', note);
    server = await startLyingServer();
    pool = poolTo(server.target);
  });
  afterAll(async () => {
    await pool[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    process.off('unhandledRejection', note);
  });
  afterEach(async () => {
    pool.drop('liar');
    await turn();
    expect(unhandled).toEqual([]);
  });

  const on = <T>(use: (host: Host) => Promise<T>): Promise<T> => pool.with('liar', use);
  const codeOf = (error: unknown): string => String((error as { code?: string }).code ?? (error as Error).name);
  const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'no failure', codeOf);

  it('by taking a command and never saying, nor closing, anything: every use of it comes to an end', async () => {
    server.lie({ exec: (channel) => channel.resume(), sftp: (channel) => channel.resume() });
    const outcomes = await Promise.all([
      failure(on((host) => host.run(sh`true`, { idleTimeoutMs: 200 }))),
      failure(on((host) => host.run(sh`true`, { signal: AbortSignal.timeout(200) }))),
      failure(on((host) => host.run(sh`true`, { root: true, signal: AbortSignal.timeout(200) }))),
      failure(on((host) => host.upload(Buffer.from('x'), 'x', { signal: AbortSignal.timeout(200) }))),
    ]);
    expect(outcomes).toEqual(['ssh.command_silent', '23', '23', expect.stringMatching(/^(ssh\.|23)/)]);
    // What was stuck has given its place in the queue back.
    server.lie({ exec: (channel) => onScript(channel, (mark) => (channel.write(`${mark} 1\nstill here\n`), finish(channel))) });
    expect((await on((host) => host.run(sh`true`))).stdout).toBe('still here\n');
  }, 60_000);

  it('by saying one letter now and then for ever: what asked it stops when it is told to', async () => {
    const timers = new Set<NodeJS.Timeout>();
    server.lie({
      exec: (channel) => {
        const timer = setInterval(() => channel.write('.'), 20);
        timers.add(timer);
        channel.on('close', () => clearInterval(timer));
      },
    });
    const signal = AbortSignal.timeout(300);
    expect(await failure(on((host) => host.run(sh`true`, { signal })))).toBe('23');
    expect(await failure(on((host) => host.runs.follow('x', { offset: 0, onLines: () => {}, signal: AbortSignal.timeout(300) })))).toBe(
      '23',
    );
    timers.forEach(clearInterval);
  }, 60_000);

  it.each([
    ['a length of 4 GB', Buffer.from('ffffffff02', 'hex')],
    ['a length of nothing', Buffer.from('0000000000000000', 'hex')],
    ['a version from nowhere', Buffer.from('00000005 02 ffffffff'.replaceAll(' ', ''), 'hex')],
    ['answers that nobody asked for', Buffer.from('0000000502000000030000000966000000630000000141'.repeat(50), 'hex')],
    ['half a word, and then the end', Buffer.from('00000005', 'hex')],
    ['text', Buffer.from('You are not allowed to use sftp.\n'.repeat(100))],
  ])(
    'in sftp, by %s: it fails as sftp, and the next command works',
    async (_how, bytes) => {
      const answers = (channel: Parameters<typeof finish>[0]): void =>
        onScript(channel, (mark) => (channel.write(`${mark} 1\n`), finish(channel)));
      server.lie({ exec: answers, sftp: (channel) => (channel.resume(), channel.write(bytes), channel.end()) });
      const signal = AbortSignal.timeout(5_000);
      const outcome = await failure(on(async (host) => void (await (await host.download('/x', { signal })).toArray())));
      expect(outcome).not.toBe('no failure');
      expect((await on((host) => host.run(sh`true`))).stdout).toBe('');
    },
    60_000,
  );

  it('while its connection is tested: whatever it does not say, the test ends with the stage that failed', async () => {
    server.lie({ exec: (channel) => channel.resume() });
    const { stages } = await createProber({ dial }).probe(server.target, { signal: AbortSignal.timeout(1_000) });
    expect(stages.at(-1)).toMatchObject({ stage: 'session', ok: false, code: 'ssh.timeout' });
    server.lie({
      // Only the plain command is answered; what asks for sudo is not.
      exec: (channel) =>
        onScript(channel, (mark, script) => void (script.includes('echo direct') || (channel.write(`${mark} 1\n`), finish(channel)))),
    });
    const second = await createProber({ dial }).probe(server.target, { signal: AbortSignal.timeout(1_000) });
    expect(second.stages.find(({ stage }) => stage === 'sudo')).toMatchObject({ ok: false, code: 'ssh.timeout' });
  }, 60_000);

  it('about the process that it runs: a stop is sent to no other group, and never counts as confirmed', async () => {
    const scripts: string[] = [];
    const groups = ['1; touch owned', '-1', '0', '$(id)', '99999999999999', ''];
    const left = [...groups];
    server.lie({
      exec: (channel) =>
        onScript(channel, (mark, script) => {
          scripts.push(script);
          channel.write(`${mark} ${left.pop() ?? ''}\n`);
        }),
    });
    const stopped = groups.map((_, at) => pool.with(`liar-${at}`, (host) => host.run(sh`true`, { signal: AbortSignal.timeout(2_000) })));
    expect(await Promise.all(stopped.map(failure))).toEqual(groups.map(() => '23'));
    groups.forEach((_, at) => pool.drop(`liar-${at}`));
    expect(scripts.filter((script) => script.includes('kill'))).toEqual([]);
    server.lie({ exec: (channel) => onScript(channel, (mark) => (channel.write(`${mark} 1\n7 user\n`), finish(channel))) });
    expect(await on((host) => host.runs.cancel('x'))).toBe(false);
  }, 120_000);

  it('about how a run ended: only what stands on its own line counts', async () => {
    const ends = async (status: string): Promise<unknown> => {
      server.lie({
        exec: (channel) =>
          onScript(channel, (mark) => (channel.write(`${mark} 1\nhello\n`), channel.stderr.write(status), finish(channel))),
      });
      return on((host) => host.runs.follow('x', { offset: 0, onLines: () => {} })).catch(codeOf);
    };
    expect(await ends('rc 0\n')).toEqual({ exitCode: 0 });
    expect(await ends('say rc 0 twice\nrc\nRC 0\n')).toBe('ssh.connection_lost');
    expect(await ends('lost\n')).toEqual({ exitCode: null, why: 'lost' });
  });

  it('by opening channels towards us, or asking for ours: none is taken (S32)', async () => {
    const outcomes: string[] = [];
    const asked = Promise.withResolvers<void>();
    server.lie({
      client: (client) => {
        const noted = (what: string) => (error?: Error) => {
          outcomes.push(`${what}: ${error ? 'refused' : 'taken'}`);
          if (outcomes.length === 3) asked.resolve();
        };
        client.forwardOut('127.0.0.1', 1, '127.0.0.1', 2, noted('forward'));
        client.x11('127.0.0.1', 1, noted('x11'));
        client.openssh_forwardOutStreamLocal('/tmp/x', noted('socket'));
      },
      exec: (channel) => onScript(channel, (mark) => (channel.write(`${mark} 1\n`), finish(channel))),
    });
    await on((host) => host.run(sh`true`));
    await asked.promise;
    expect(outcomes.toSorted()).toEqual(['forward: refused', 'socket: refused', 'x11: refused']);
  });

  it('by hanging up at any moment: every use fails as a lost link, and none as a bug of ours', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      server.lie({
        exec: (channel) => {
          const end = (): void => server.connections.forEach((client) => client.end());
          if (round % 3 === 0) return end();
          onScript(channel, (mark) => {
            if (round % 3 === 1) channel.write(mark);
            else channel.write(`${mark} 1\nhalf a li`);
            setTimeout(end, round);
          });
        },
        sftp: (channel) => (channel.write(Buffer.from('00000005', 'hex')), server.connections.forEach((client) => client.end())),
      });
      const uses = [
        on((host) => host.run(sh`true`)),
        on((host) => host.upload(Buffer.alloc(100_000), 'x')),
        on((host) => host.runs.start('x', { script: 'true' })),
        on((host) => host.forward(1)),
      ];
      for (const outcome of await Promise.all(uses.map(failure))) outcomes.add(outcome);
      pool.drop('liar');
    }
    for (const outcome of outcomes) expect(outcome).toMatch(/^(ssh\.|gateway\.down$)/);
  }, 120_000);
});
