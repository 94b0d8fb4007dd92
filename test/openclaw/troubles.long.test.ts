import { exec, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { DAY_MS, MINUTE_MS, stepClock } from '../support/clock.ts';
import { startGatewayWorld, until, type GatewayWorld } from '../support/daily-world.ts';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { startFakeAdvisories, type FakeAdvisories } from '../support/fake-advisories.ts';
import { AT_ONCE, startListeners, type Listeners } from '../support/listeners.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';
import { startTelegramChannel, type TelegramChannel } from '../support/telegram-channel.ts';
import { BOT_TOKEN, type Person } from '../support/world.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const LONG_MS = 600_000;
const run = promisify(exec);

/** Each trouble is caused for real; one person hears of it, one has muted everything, for one it is night. */
describeIf(why === undefined, `the real OpenClaw: ${why}`)('A trouble of a real gateway', () => {
  const clock = stepClock();
  let all: GatewayWorld;
  let api: FakeBotApi;
  let channel: TelegramChannel;
  let registry: FakeAdvisories;
  let owner: Person;
  let them: Listeners;

  beforeAll(async () => {
    [api, channel, registry] = await Promise.all([startFakeBotApi({ token: BOT_TOKEN }), startTelegramChannel(), startFakeAdvisories()]);
    all = await startGatewayWorld({ clock, pace: AT_ONCE.pace }, { TELEGRAM_API_ROOT: api.root, ...AT_ONCE.env });
    them = await startListeners({ test: all.test, api, serverId: all.serverId });
    await them.look(2);
    await them.settled();
    expect(api.of('sendMessage')).toEqual([]);
  }, LONG_MS);
  beforeEach(async () => {
    owner = await all.test.person(1, 'Olga'); // a session ends when the clock is stepped on
  });
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await Promise.all([api[Symbol.asyncDispose](), channel[Symbol.asyncDispose](), registry[Symbol.asyncDispose]()]);
  });

  it(
    'stuck_session: a model that never answers holds a conversation up, until somebody cuts it off',
    async () => {
      await them.adjust({ stuck_session: { minutes: 1 } });
      await all.say('anchor', 'you are the model that never answers');
      const message = await them.says('Conversation stuck', 'has been busy for 1 minutes', 200_000);
      await all.ask('chat.abort', { sessionKey: 'agent:main:anchor' });
      await them.ends('Conversation stuck', 'It gets on again', message);
    },
    LONG_MS,
  );

  it(
    'model_auth: a credential ends in days, in hours, has ended, and is renewed',
    async () => {
      const paste = (endsIn: string): Promise<unknown> =>
        run(
          `printf 'sk-ant-oat01-canary-%080d\\n' 7 | (${all.openclaw.command(`models auth paste-token --provider anthropic --profile-id anthropic:test --expires-in ${endsIn}`)})`,
        );
      await paste('50h');
      const message = await them.says('Model credentials', 'run out in');
      expect(message.text).toMatch(/⚠️.*\n.*run out in (49|50) hours/);
      await paste('20h');
      expect((await them.says('Model credentials', '20 hours', 120_000)).text).toMatch(/^🔴/);
      await paste('1s');
      await them.says('Model credentials', 'have run out: agents that use them are silent', 120_000);
      await paste('365d');
      const first = them.read('Model credentials').at(-1);
      if (first) await them.ends('Model credentials', 'work', first, 120_000);
    },
    LONG_MS,
  );

  it(
    'memory: it fills up, and there is room again',
    async () => {
      await them.look();
      const host = all.test.world.watching.monitor.lastLook(all.serverId)?.host;
      const percent = Math.ceil(host?.memory ?? 0) + 6;
      const bytes = Math.round((host?.memoryMiB ?? 0) * 1024 * 1024 * 0.08);
      // No more than 4 GB are taken from the machine that runs this.
      expect(bytes).toBeLessThan(4 * 1024 ** 3);
      await them.adjust({ memory: { percent, looks: 2 } });
      const eater = eat(bytes);
      try {
        await eater.full;
        const message = await them.says('Memory almost full', '% of the memory is in use');
        eater.process.kill('SIGKILL');
        await them.ends('Memory almost full', 'There is memory again', message);
      } finally {
        eater.process.kill('SIGKILL');
      }
    },
    LONG_MS,
  );

  it(
    'channel: the bot of a channel is refused, and taken again',
    async () => {
      await all.configure({ channels: { telegram: channel.config } });
      await until(
        async () =>
          (await owner.get(all.path('/channels'))).body.channels?.find(({ id }: { id: string }) => id === 'telegram')?.accounts[0]
            ?.connected,
        'the channel is connected',
        120_000,
      );
      await them.look(4);
      await them.settled();
      expect(them.read('Channel not connected')).toEqual([]);
      channel.refuse(true);
      const message = await them.says('Channel not connected', 'Nobody reaches the agents by Telegram', 200_000);
      channel.refuse(false);
      await owner.post(all.path('/channels/telegram/start'), {});
      await them.ends('Channel not connected', 'Telegram is connected again', message, 200_000);
    },
    LONG_MS * 2,
  );

  it(
    'update and security_update: the registry has a newer OpenClaw, it mends a hole, and then it is the one that runs',
    async () => {
      const { askForNewest } = all.test.world.watching;
      const ask = (): Promise<void> => registry.during(askForNewest);
      registry.publish([TESTED_UP_TO, '2099.1.1']);
      await ask();
      const update = await them.says('Update available', '2099.1.1');
      registry.advise([{ title: 'Ropes slip', severity: 'high', vulnerable_versions: '<2099.1.1' }]);
      await ask();
      const hole = await them.says('Security update', 'Ropes slip');
      expect(hole.text).toMatch(/^🔴/);
      expect(registry.askedFor()).toContain(TESTED_UP_TO);
      registry.publish([TESTED_UP_TO]);
      clock.step(11 * MINUTE_MS); // so long is the newest version remembered
      await ask();
      await them.ends('Security update', 'no known hole any more', hole);
      await them.ends('Update available', 'It is up to date', update);
    },
    LONG_MS,
  );

  it(
    'budget: half, most and all of it is spent, and a new day begins',
    async () => {
      const spent = async (): Promise<number> => (await owner.get(all.path('/usage?days=1'))).body.total?.costUsd ?? 0;
      const spend = async (session: string): Promise<void> => {
        const before = await spent();
        await all.say(session, 'what is the tide?');
        await until(async () => (await spent()) > before, 'a turn has cost something', 180_000);
      };
      const check = async (): Promise<void> => {
        const { status, text } = await owner.post(all.path('/budgets/check'));
        expect(status, text).toBe(200);
      };
      await spend('first');
      const costs = await spent();
      const { status, text } = await owner.post(all.path('/budgets'), { period: 'day', limitUsd: costs * 1.9, policy: 'warn' });
      expect(status, text).toBe(201);
      await check();
      const half = await them.says('Budget', '50 % of the budget is spent');
      expect(half.text).toMatch(/^ℹ️/);
      await spend('second');
      await check();
      expect((await them.says('Budget', '100 % of the budget is spent')).text).toMatch(/^🔴/);
      const last = them.read('Budget').at(-1);
      clock.step(DAY_MS);
      owner = await all.test.person(1, 'Olga');
      await check();
      if (last) await them.ends('Budget', 'A new period has begun', last);
    },
    LONG_MS,
  );

  it('all of that is summed up once for whoever was asleep', () => them.wake());
});

/** Takes that much memory, and holds it until it is killed. */
function eat(bytes: number): { process: ChildProcess; full: Promise<unknown> } {
  const script = `const held = []; for (let left = ${bytes}; left > 0; left -= 2 ** 26) held.push(Buffer.alloc(2 ** 26, 1));
    process.stdout.write('full'); setInterval(() => held.length, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { process: child, full: new Promise((resolve) => child.stdout.once('data', resolve)) };
}
