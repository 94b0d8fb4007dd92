import type { Announce, Notice } from '../../backend/src/lib/notice.ts';
import { stepClock } from './clock.ts';
import { addServer } from './daily-world.ts';
import { startSshd, type TestSshd } from './sshd.ts';
import { startWorld, type Person, type TestWorld } from './world.ts';

export interface WatchedWorld {
  test: TestWorld;
  owner: Person;
  sshd: TestSshd;
  serverId: string;
  clock: ReturnType<typeof stepClock>;
  /** What was announced, in its order. */
  notices: Notice[];
  /** A minute later, one more look. */
  look: (times?: number) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The whole backend with one real server, looked at when the test says so. */
export async function startWatchedWorld({ announce }: { announce?: Announce } = {}): Promise<WatchedWorld> {
  const clock = stepClock();
  const notices: Notice[] = [];
  const note: Announce = async (notice) => void notices.push(notice);
  const sshd = await startSshd();
  const test = await startWorld({ overrides: { clock, announce: announce ?? note } });
  const owner = await test.person(1, 'Olga');
  const serverId = await addServer(owner, sshd);
  return {
    test,
    owner,
    sshd,
    serverId,
    clock,
    notices,
    async look(times = 1) {
      for (let left = times; left > 0; left--) {
        clock.step(60_000);
        await test.world.watching.monitor.lookNow(serverId);
      }
      await test.world.watching.incidents.teller.ring();
    },
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
    },
  };
}

/** `opened disk`, in short. */
export const inShort = (notices: readonly Notice[]): string[] => notices.map(({ phase, kind }) => `${phase} ${kind}`);
