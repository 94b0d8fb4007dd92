import { afterAll, beforeAll, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';
import { startCutWorld, type CutWorld } from './cut-world.ts';

describeIf(SSHD !== undefined, 'there is no sshd')('A task whose network fails', () => {
  let all: CutWorld;
  beforeAll(async () => {
    all = await startCutWorld();
  });
  afterAll(() => all[Symbol.asyncDispose]());

  it('again and again goes on at the byte where it was, and starts nothing twice (R2)', async () => {
    await all.survives('cut', async (whenSaid) => {
      for (const line of [/^first line 5$/, /^second line 3$/, /^second line 12$/, /^third line 1$/]) {
        await whenSaid(line);
        all.relay.cut();
      }
    });
  }, 120_000);

  it('for 3 s, refusing every connection, goes on when it is back (R2)', async () => {
    await all.survives('block', async () => {
      all.relay.block();
      await new Promise((resolve) => setTimeout(resolve, 3_000)); // the fault itself lasts so long
      all.relay.restore();
    });
  }, 120_000);
});
