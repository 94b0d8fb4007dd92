import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { addServer, startTasks } from './driver.ts';

const LONG = process.env['CLAWMOOR_LONG'] === '1';
const KEYS = ['first', 'second', 'third'];

describeIf(SSHD !== undefined, 'there is no sshd')('A task whose network fails', () => {
  let sshd: TestSshd;
  let relay: Relay;
  let dir: string;
  beforeAll(async () => {
    sshd = await startSshd();
    relay = await startRelay(sshd.port);
    dir = await mkdtemp(join(tmpdir(), 'clawmoor-network-'));
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  /** Runs the counting task, does harm when its first line has come, and holds it to the whole truth at its end. */
  async function survives(mark: string, harm: (whenSaid: (text: RegExp) => Promise<void>) => Promise<void>): Promise<void> {
    await using world = await startTasks(join(dir, `${mark}.db`), { ...sshd.target, port: relay.port });
    await addServer(world.db);
    const id = await world.tasks.start({ serverId: 's', type: 'test.count', input: { mark }, by: 'u' });
    const whenSaid = (text: RegExp): Promise<void> =>
      expect
        .poll(async () => (await world.tasks.logAfter(id, 0, 1_000)).lines.some((line) => text.test(line.text)), { timeout: 60_000 })
        .toBe(true) as unknown as Promise<void>; // polls, and resolves with nothing
    await whenSaid(/^first line 0$/);
    await harm(whenSaid);
    for await (const event of world.tasks.watch(id, undefined, AbortSignal.timeout(300_000))) if (event.event === 'end') break;
    const task = await world.tasks.get(id);
    expect(task.state, JSON.stringify(task.error)).toBe('succeeded');
    const { lines } = await world.tasks.logAfter(id, 0, 1_000);
    for (const key of KEYS) {
      expect(readFileSync(join(sshd.home, `${mark}-starts-${key}`), 'utf8'), key).toBe('started\n');
      const said = lines.filter(({ step, text }) => step === key && text.startsWith(key)).map(({ text }) => text);
      expect(said, key).toEqual(Array.from({ length: 20 }, (_, line) => `${key} line ${line}`));
    }
    expect(lines.some(({ text }) => text.includes('The connection to the server was lost'))).toBe(true);
    expect(lines.some(({ text }) => text === 'Connected again.')).toBe(true);
  }

  it('again and again goes on at the byte where it was, and starts nothing twice (R2)', async () => {
    await survives('cut', async (whenSaid) => {
      for (const line of [/^first line 5$/, /^second line 3$/, /^second line 12$/, /^third line 1$/]) {
        await whenSaid(line);
        relay.cut();
      }
    });
  }, 120_000);

  it.each(LONG ? [3, 30, 120] : [3])(
    'for %i s, refusing every connection, goes on when it is back (R2)',
    async (seconds) => {
      await survives(`block-${seconds}`, async () => {
        relay.block();
        await new Promise((resolve) => setTimeout(resolve, seconds * 1_000)); // the fault itself lasts so long
        relay.restore();
      });
    },
    400_000,
  );

  // A frozen link says nothing at all: three unanswered questions, 10 s apart, are what tells it from a slow one.
  it.runIf(LONG)(
    'by freezing, nothing closed and nothing carried, is noticed within 40 s and goes on (R2 R3)',
    async () => {
      await survives('freeze', async (whenSaid) => {
        relay.freeze();
        await whenSaid(/The connection to the server was lost/);
        relay.restore();
      });
    },
    200_000,
  );
});
