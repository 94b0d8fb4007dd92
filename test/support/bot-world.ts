import { setTimeout as delay } from 'node:timers/promises';
import type { Notice } from '../../backend/src/lib/notice.ts';
import type { Overrides } from '../../backend/src/world.ts';
import { stepClock } from './clock.ts';
import { startFakeBotApi, type FakeBotApi, type Person as Writer } from './fake-bot-api.ts';
import { BOT_TOKEN, startWorld, type Person, type TestWorld } from './world.ts';

export interface BotWorld {
  test: TestWorld;
  api: FakeBotApi;
  clock: ReturnType<typeof stepClock>;
  owner: Person;
  admin: Person;
  viewer: Person;
  serverId: string;
  /** Anew: a session ends when the clock is stepped on. They let the bot write to them. */
  signIn: (id: number, name: string, language: string) => Promise<Person>;
  /** As Telegram knows them. */
  who: Record<'owner' | 'admin' | 'viewer' | 'stranger', Writer>;
  announce: (change: Partial<Notice> & { subject: string }) => Promise<void>;
  /** A critical incident of the server, of which the reason is what is given. */
  openIncident: (reason: string) => Promise<void>;
  /** Steps the clock on, and has everything looked at that goes by it. */
  step: (ms: number) => Promise<void>;
  rowsOf: (subject: string) => Promise<{ user_id: string; state: string; why: string | null; unknown: number; ring: number }[]>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The whole backend with a bot on a fake Telegram: an owner, an admin and a viewer of one server, who all let the bot write to them. */
export async function startBotWorld({
  env = {},
  overrides = {},
  port,
}: { env?: Record<string, string>; overrides?: Overrides; port?: number } = {}): Promise<BotWorld> {
  const api = await startFakeBotApi({ token: BOT_TOKEN });
  const clock = stepClock();
  const pace = { chatGapMs: 0, gapMs: 0, againAfterMs: { first: 20, most: 100 }, lookEveryMs: 100, pingsPerMinute: 5 };
  const { pace: otherPace, ...others } = overrides;
  const test = await startWorld({
    env: { TELEGRAM_API_ROOT: api.root, ...env },
    overrides: { clock, pace: { ...pace, ...otherPace }, ...others },
    ...(port !== undefined && { port }),
  });
  const signIn = (id: number, name: string, language: string): Promise<Person> =>
    test.person(id, name, { user: JSON.stringify({ id, first_name: name, language_code: language, allows_write_to_pm: true }) });
  const [owner, admin, viewer] = await Promise.all([signIn(101, 'Olga', 'ru'), signIn(102, 'Adam', 'en'), signIn(103, 'Vera', 'en')]);
  // Port 9 of loopback: nothing listens there.
  const body = { name: 'ship', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'password', password: 'x' };
  const serverId: string = (await owner.post('/servers', body)).body.id;
  await test.grant(serverId, admin.id, 'admin');
  await test.grant(serverId, viewer.id, 'viewer');
  const { announce, notices } = test.world.told;
  return {
    test,
    api,
    clock,
    owner,
    admin,
    viewer,
    serverId,
    signIn,
    who: {
      owner: { id: 101, first_name: 'Olga', language_code: 'ru' },
      admin: { id: 102, first_name: 'Adam', language_code: 'en' },
      viewer: { id: 103, first_name: 'Vera', language_code: 'en' },
      stranger: { id: 999, first_name: 'Sam', language_code: 'en' },
    },
    announce: (change) =>
      announce({
        kind: 'disk',
        severity: 'warning',
        phase: 'opened',
        audience: { role: 'admin', serverId },
        server: { id: serverId, name: 'ship' },
        facts: { path: '/', percent: 91 },
        opens: serverId,
        actions: ['acknowledge', 'mute_server'],
        at: clock.now(),
        ...change,
      }),
    openIncident: (reason) =>
      test.world.watching.incidents.report({
        serverId,
        kind: 'backup',
        findings: [{ about: reason, severity: 'critical', facts: { reason } }],
      }),
    async step(ms) {
      clock.step(ms);
      await notices.look();
    },
    rowsOf: (subject) =>
      test.world.db
        .selectFrom('outbox')
        .select(['user_id', 'state', 'why', 'unknown', 'ring'])
        .where('subject', '=', subject)
        .orderBy('user_id')
        .orderBy('ring')
        .execute(),
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

/** Waits until something holds; fails with what it is instead. */
export async function until<T>(read: () => T | Promise<T>, holds: (value: T) => boolean, withinMs = 8_000): Promise<T> {
  const endAt = performance.now() + withinMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > endAt) throw new Error(`it did not come to hold: ${JSON.stringify(value)}`);
    await delay(10);
  }
}
