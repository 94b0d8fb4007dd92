import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startRelay, type Relay } from '../support/relay.ts';
import { startSshd } from '../support/sshd.ts';
import { addServer, startTasks } from './driver.ts';

const KEYS = ['first', 'second', 'third'];

export interface CutWorld extends AsyncDisposable {
  relay: Relay;
  /** Runs the counting task, does harm when its first line has come, and holds it to the whole truth at its end. */
  survives: (mark: string, harm: (whenSaid: (text: RegExp) => Promise<void>) => Promise<void>) => Promise<void>;
}

/** A real sshd behind a relay that can be cut, blocked and frozen. */
export async function startCutWorld(): Promise<CutWorld> {
  const sshd = await startSshd();
  const relay = await startRelay(sshd.port);
  const dir = await mkdtemp(join(tmpdir(), 'clawmoor-network-'));
  return {
    relay,
    async survives(mark, harm) {
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
    },
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
