import { afterAll, beforeAll, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';
import { startCutWorld, type CutWorld } from './cut-world.ts';

describeIf(SSHD !== undefined, 'there is no sshd')('A task whose network fails for long', () => {
  let all: CutWorld;
  beforeAll(async () => {
    all = await startCutWorld();
  });
  afterAll(() => all[Symbol.asyncDispose]());

  it.each([30, 120])(
    'for %i s, refusing every connection, goes on when it is back (R2)',
    async (seconds) => {
      await all.survives(`block-${seconds}`, async () => {
        all.relay.block();
        await new Promise((resolve) => setTimeout(resolve, seconds * 1_000)); // the fault itself lasts so long
        all.relay.restore();
      });
    },
    400_000,
  );

  // A frozen link says nothing at all: three unanswered questions, 10 s apart, are what tells it from a slow one.
  it('by freezing, nothing closed and nothing carried, is noticed within 40 s and goes on (R2 R3)', async () => {
    await all.survives('freeze', async (whenSaid) => {
      all.relay.freeze();
      await whenSaid(/The connection to the server was lost/);
      all.relay.restore();
    });
  }, 200_000);
});
