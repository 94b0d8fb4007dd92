import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectTo } from '../../backend/src/adapters/ssh/client.ts';
import { createProber } from '../../backend/src/adapters/ssh/probe.ts';
import type { Host, HostPool } from '../../backend/src/lib/host.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import { finish, flood, onScript, startLyingServer, type LyingServer } from '../support/lying-server.ts';
import { dial, poolTo } from './world.ts';

const MIB = 1024 * 1024;
// What a reader may hold besides what it keeps: buffers of the channel that are on their way.
const BOUND_BYTES = 120 * MIB;
// Enough to show that what is kept does not grow with what is sent.
const FLOOD_BYTES = 250 * MIB;

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

  /** The most that was held while `work` went on, besides what was held before. */
  async function mostHeld<T>(work: () => Promise<T>): Promise<{ most: number; result: T }> {
    const held = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;
    globalThis.gc?.();
    const before = held();
    let most = 0;
    const sampling = setInterval(() => (most = Math.max(most, held() - before)), 20);
    try {
      return { result: await work(), most };
    } finally {
      clearInterval(sampling);
    }
  }

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
    ['a command', (host: Host) => host.run(sh`true`)],
    ['a file', (host: Host) => host.readFile('x')],
    ['the log of a run', (host: Host) => host.runs.follow('x', { offset: 0, onLines: () => {} })],
    ['a download without sftp', async (host: Host) => void (await (await host.download('/x')).resume().toArray())],
  ])(
    'by flooding before the mark comes: %s holds next to nothing of it',
    async (_what, use) => {
      server.lie({ exec: (channel) => (channel.resume(), flood(channel, Buffer.alloc(32 * 1024, 'x'), FLOOD_BYTES)) });
      const { most } = await mostHeld(() => failure(on((host) => use(host))));
      expect(most).toBeLessThan(BOUND_BYTES);
    },
    60_000,
  );

  it.each([
    ['in one line', 'x'],
    ['in lines of one letter', 'x\n'],
    ['in bytes that are no text', '\xff\xfe\x00\x80'],
    ['in rewritten lines', '\r'],
  ])(
    'by flooding after the mark, %s: a command and a log hold next to nothing of it',
    async (_how, text) => {
      const bytes = Buffer.from(text.repeat(32 * 1024).slice(0, 32 * 1024), 'latin1');
      server.lie({
        exec: (channel) =>
          onScript(channel, (mark) => {
            channel.write(`${mark} 1\n`);
            flood(channel, bytes, FLOOD_BYTES);
          }),
      });
      let longest = 0;
      const { most } = await mostHeld(async () => {
        await on((host) => host.run(sh`true`, { onLine: (line) => (longest = Math.max(longest, line.length)) }));
        await failure(on((host) => host.runs.follow('x', { offset: 0, onLines: () => {} })));
      });
      expect(most).toBeLessThan(BOUND_BYTES);
      expect(longest).toBeLessThan(200_000);
    },
    60_000,
  );

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
      const signal = AbortSignal.timeout(20_000);
      const outcome = await failure(on(async (host) => void (await (await host.download('/x', { signal })).toArray())));
      expect(outcome).not.toBe('no failure');
      expect((await on((host) => host.run(sh`true`))).stdout).toBe('');
    },
    60_000,
  );

  it('about an empty file: a test of the connection takes nothing of what comes instead, and says so', async () => {
    server.lie({
      exec: (channel) =>
        onScript(
          channel,
          (mark, script) => (channel.write(`${mark} 1\n${script.includes('echo direct') ? 'direct\n' : ''}`), finish(channel)),
        ),
      sftp: endlessFile,
    });
    const { most, result } = await mostHeld(() => createProber({ dial }).probe(server.target));
    expect(result.stages.at(-1)).toMatchObject({ stage: 'sftp', ok: false, code: 'ssh.sftp_failed' });
    expect(most).toBeLessThan(BOUND_BYTES);
  }, 60_000);

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

  it('by asking for the password again and again: that ends, with 20 s at the most', async () => {
    let asked = 0;
    server.lie({
      authentication: (context) => {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
        const again = (): void => void ((asked += 1), context.prompt([{ prompt: 'Password: ', echo: false }], () => setTimeout(again, 50)));
        again();
      },
    });
    expect(await failure(connectTo(server.target, { dial }))).toMatch(/^ssh\./);
    expect(asked).toBeGreaterThan(1);
    await expect.poll(() => server.connections.size, { timeout: 30_000 }).toBe(0);
    const before = asked;
    await turn();
    expect(asked).toBeLessThanOrEqual(before + 1);
  }, 60_000);

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

/** An sftp server of its own: every file opens, and every read is answered with 32 KiB. */
function endlessFile(channel: Parameters<typeof finish>[0]): void {
  let held = Buffer.alloc(0);
  const say = (type: number, ...parts: Buffer[]): void => {
    const body = Buffer.concat([Buffer.from([type]), ...parts]);
    channel.write(Buffer.concat([word(body.length), body]));
  };
  channel.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 5 && held.length >= 4 + held.readUInt32BE(0)) {
      const packet = held.subarray(4, 4 + held.readUInt32BE(0));
      held = held.subarray(4 + packet.length);
      const [type] = packet;
      const id = packet.subarray(1, 5);
      if (type === 1) say(2, word(3));
      else if (type === 3) say(102, id, word(1), Buffer.from('h'));
      else if (type === 5) say(103, id, word(32_768), Buffer.alloc(32_768, 'x'));
      else if (type === 8 || type === 7 || type === 17) say(105, id, word(0));
      else say(101, id, word(0), word(0), word(0));
    }
  });
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
