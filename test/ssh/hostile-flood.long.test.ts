import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createProber } from '../../backend/src/adapters/ssh/probe.ts';
import type { Host, HostPool } from '../../backend/src/lib/host.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import { finish, flood, onScript, startLyingServer, type LyingServer } from '../support/lying-server.ts';
import { dial, poolTo } from './world.ts';

const MIB = 1024 * 1024;
// What a reader may hold besides what it keeps: buffers of the channel that are on their way.
const BOUND_BYTES = 200 * MIB;
// Enough to show that what is kept does not grow with what is sent.
const FLOOD_BYTES = 250 * MIB;

describe('A server that floods (S33 R10)', () => {
  let server: LyingServer;
  let pool: HostPool;
  beforeAll(async () => {
    server = await startLyingServer();
    pool = poolTo(server.target);
  });
  afterAll(async () => {
    await pool[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  afterEach(() => pool.drop('liar'));

  const on = <T>(use: (host: Host) => Promise<T>): Promise<T> => pool.with('liar', use);
  const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'no failure', String);

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

  it.each([
    ['a command', (host: Host): Promise<unknown> => host.run(sh`true`)],
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
  }, 300_000);
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
