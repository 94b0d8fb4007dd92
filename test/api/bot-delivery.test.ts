import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangedNotificationPrefs } from '@clawmoor/shared/me.ts';
import { startBotWorld, until, type BotWorld } from '../support/bot-world.ts';
import type { ChatMessage } from '../support/fake-bot-api.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../support/clock.ts';

let world: BotWorld;
const about = (userId: string, word: string): ChatMessage[] => world.api.chat(userId).filter(({ text }) => text.includes(word));
const arrived = (userId: string, word: string, count = 1): Promise<ChatMessage[]> =>
  until(
    () => about(userId, word),
    (found) => found.length === count,
  );
/** Nothing is on its way any more. */
const settled = (): Promise<unknown> =>
  until(
    () => world.test.world.db.selectFrom('outbox').select(['id', 'state']).where('state', 'in', ['waiting', 'sending']).execute(),
    (rows) => rows.length === 0,
  );

describe('News', () => {
  beforeAll(async () => {
    world = await startBotWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());
  // The pings of the last minute count; each test begins with none.
  beforeEach(() => world.clock.step(2 * MINUTE_MS));

  it('reach each person of the audience once, in their language, with buttons that open the screen (U8)', async () => {
    await world.announce({ subject: 'inc_1' });
    await world.announce({ subject: 'inc_1' });
    await settled();
    const [toOwner] = await arrived('101', 'Диск');
    const [toAdmin] = await arrived('102', 'Disk almost full');
    expect(toOwner?.text).toBe('⚠️ <b>ship</b> · Диск почти заполнен\n<code>/</code> заполнен на 91 %.');
    expect(toAdmin?.text).toBe('⚠️ <b>ship</b> · Disk almost full\n<code>/</code> is 91 % full.');
    expect(toAdmin?.buttons.find(({ text }) => text === 'Open')?.url).toBe(
      `https://app.example.test/?tgWebAppStartParam=srv_${world.serverId}`,
    );
    for (const { data = '' } of toAdmin?.buttons ?? []) expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    expect(world.api.chat('103')).toEqual([]);
  });

  it('of one subject are one message, which is edited; a new beginning is a new one', async () => {
    await world.announce({ subject: 'inc_2', facts: { path: '/two', percent: 86 } });
    await arrived('102', '/two</code> is 86');
    await world.announce({ subject: 'inc_2', phase: 'changed', facts: { path: '/two', percent: 90 }, at: world.clock.now() + 1 });
    await arrived('102', '/two</code> is 90');
    await world.announce({ subject: 'inc_2', phase: 'resolved', facts: { path: '/two', percent: 40 }, at: world.clock.now() + 2 });
    const [message] = await arrived('102', '/two</code> has room again');
    expect(message).toMatchObject({ edits: 2 });
    expect(message?.text).toMatch(/^✅/);
    await world.announce({ subject: 'inc_2', facts: { path: '/two', percent: 88 }, at: world.clock.now() + 3 });
    await arrived('102', '/two', 2);
  });

  it('of what was over and is back show that again, and what is critical is heard again', async () => {
    const flap = (change: object) => world.announce({ subject: 'inc_flap', facts: { path: '/flap', percent: 97, ...change }, ...change });
    const begun = { severity: 'critical' as const, at: world.clock.now() };
    await flap(begun);
    const [message] = await arrived('102', '/flap');
    await flap({ ...begun, phase: 'resolved', at: begun.at + 1 });
    await until(
      () => about('102', '/flap')[0]?.text,
      (text) => text?.startsWith('✅') === true,
    );
    const back = { ...begun, phase: 'changed' as const, at: begun.at + 3 };
    // A change that was on its way when it ended brings nothing back.
    await world.announce({ subject: 'inc_flap', ...back, at: begun.at + 2, facts: { path: '/flap', percent: 98 } });
    await settled();
    expect(about('102', '/flap').map(({ text }) => text.slice(0, 1))).toEqual(['✅']);
    await world.announce({ subject: 'inc_flap', ...back, facts: { path: '/flap', percent: 97, returned: 1 } });
    const both = await arrived('102', '/flap', 2);
    await settled();
    expect(both[0]?.id).toBe(message?.id);
    expect(about('102', '/flap').map(({ text, silent }) => [text.slice(0, 2), silent])).toEqual([
      ['🔴', false],
      ['🔴', false],
    ]);
    await world.announce({
      subject: 'inc_flap',
      ...back,
      phase: 'resolved',
      at: begun.at + 4,
      facts: { path: '/flap', percent: 4, returned: 1 },
    });
    await settled();
    expect(about('102', '/flap').map(({ text }) => text.slice(0, 1))).toEqual(['✅', '✅']);
  });

  it('that can no longer be edited come as a new message', async () => {
    await world.announce({ subject: 'inc_3', facts: { path: '/three', percent: 86 } });
    await settled();
    world.api.answer(
      'editMessageText',
      { ok: false, error_code: 400, description: "Bad Request: message can't be edited" },
      1,
      ({ chat_id }) => chat_id === '102',
    );
    await world.announce({ subject: 'inc_3', phase: 'resolved', facts: { path: '/three', percent: 4 }, at: world.clock.now() + 1 });
    const messages = await arrived('102', '/three', 2);
    expect(messages.map(({ text }) => text.slice(0, 1))).toEqual(['⚠', '✅']);
  });

  it('become one summary where many come at once, which follows what becomes of them', async () => {
    for (let at = 0; at < 30; at++) await world.announce({ subject: `storm_${at}`, facts: { path: `/storm-${at}`, percent: 90 } });
    await settled();
    const mine = world.api.chat('102').filter(({ text }) => text.includes('storm-'));
    expect(mine.length).toBeLessThanOrEqual(6);
    const summary = mine.find(({ text }) => text.includes('Several things at once'));
    expect(summary?.text).toMatch(/… and \d+ more/);
    const all = mine.map(({ text }) => Number(/once: (\d+)/.exec(text)?.[1] ?? 1)).reduce((sum, one) => sum + one, 0);
    expect(all).toBe(30);
    for (let at = 0; at < 30; at++) await world.announce({ subject: `storm_${at}`, phase: 'resolved', at: world.clock.now() + 1 });
    await settled();
    expect(world.api.chat('102').find(({ id }) => id === summary?.id)?.text).not.toContain('⚠️');
  });

  it.each([
    ['a server error', { ok: false, error_code: 500, description: 'Internal Server Error' }, 0],
    ['a flood wait', { ok: false, error_code: 429, description: 'Too Many Requests: retry after 0', parameters: { retry_after: 0 } }, 0],
    ['a connection that breaks', 'cut', 1],
    ['a page of a proxy', 'garbage', 1],
  ] as const)('get through %s, and arrive once', async (what, reply, unknown) => {
    const subject = `inc_${what}`;
    world.api.answer('sendMessage', reply, 1, ({ chat_id }) => chat_id === '102');
    await world.announce({ subject, facts: { path: `/${what}`, percent: 90 } });
    await arrived('102', `/${what}`);
    await settled();
    expect(await world.rowsOf(subject)).toContainEqual({ user_id: '102', state: 'shown', why: null, unknown, ring: 0 });
  });

  it('of which nobody knows whether they arrived are sent again, and this is counted', async () => {
    world.api.answer('sendMessage', 'cut-after', 1, ({ chat_id }) => chat_id === '102');
    await world.announce({ subject: 'inc_unknown', facts: { path: '/unknown', percent: 90 } });
    await arrived('102', '/unknown', 2);
    await settled();
    expect((await world.rowsOf('inc_unknown')).find(({ user_id }) => user_id === '102')).toMatchObject({ state: 'shown', unknown: 1 });
    // But not without end: Telegram may take every one of them.
    let broken = true;
    world.api.answer('sendMessage', 'cut-after', 9, ({ chat_id }) => broken && chat_id === '102');
    await world.announce({ subject: 'inc_endless', facts: { path: '/endless', percent: 90 } });
    await settled();
    expect(about('102', '/endless')).toHaveLength(3);
    expect((await world.rowsOf('inc_endless')).find(({ user_id }) => user_id === '102')).toMatchObject({ state: 'failed', unknown: 3 });
    broken = false;
  });

  it('keep their order in a chat, and hold up no other chat, while Telegram asks for a long wait', async () => {
    const flood = { ok: false, error_code: 429, description: 'Too Many Requests: retry after 3600', parameters: { retry_after: 3600 } };
    world.api.answer('sendMessage', flood, 1, ({ chat_id }) => chat_id === '101');
    await world.announce({ subject: 'order_1', facts: { path: '/order-1', percent: 90 } });
    await world.announce({ subject: 'order_2', facts: { path: '/order-2', percent: 90 } });
    await arrived('102', '/order-', 2);
    expect(about('101', '/order-')).toEqual([]);
    await world.step(HOUR_MS + 1_000);
    await arrived('101', '/order-', 2);
    for (const id of ['101', '102']) expect(about(id, '/order-').map(({ text }) => /order-(\d)/.exec(text)?.[1])).toEqual(['1', '2']);
  });

  it('that Telegram refuses as they are come without their marks and buttons', async () => {
    world.api.answer(
      'sendMessage',
      { ok: false, error_code: 400, description: 'Bad Request: BUTTON_URL_INVALID' },
      1,
      ({ chat_id }) => chat_id === '102',
    );
    await world.announce({ subject: 'inc_plain', facts: { path: '/plain', percent: 90 } });
    const [message] = await arrived('102', '/plain');
    expect(message).toMatchObject({ buttons: [], text: '⚠️ ship · Disk almost full\n/plain is 90 % full.' });
  });

  it('hold nothing that a server wrote as anything but text (S33)', async () => {
    await world.announce({ subject: 'inc_html', facts: { path: '</b><a href="tg://x">/html&amp;', percent: 90 } });
    const [message] = await arrived('102', '/html');
    expect(message?.text).toContain('&lt;/b&gt;&lt;a href="tg://x"&gt;/html&amp;amp;</code> is 90');
  });

  it('go to nobody who has lost the right to them while Telegram made them wait (U8, S15)', async () => {
    const flood = { ok: false, error_code: 429, description: 'Too Many Requests: retry after 3600', parameters: { retry_after: 3600 } };
    world.api.answer('sendMessage', flood, 1, ({ chat_id }) => chat_id === '102');
    await world.announce({ subject: 'inc_right', facts: { path: '/right', percent: 90 } });
    await arrived('101', '/right');
    await until(
      () => world.rowsOf('inc_right'),
      (rows) => rows.some(({ user_id, state, why }) => user_id === '102' && state === 'waiting' && why === 'flood'),
    );
    const { members } = world.test.world;
    await members.change(world.serverId, '101', '102', { role: 'viewer' });
    await world.step(HOUR_MS + 1_000);
    await settled();
    expect(about('102', '/right')).toEqual([]);
    expect((await world.rowsOf('inc_right')).find(({ user_id }) => user_id === '102')).toMatchObject({
      state: 'dropped',
      why: 'no_access',
    });
    await members.change(world.serverId, '101', '102', { role: 'admin' });
    await settled();
  });

  it('make no links of what somebody has called a server, a disk or a job', async () => {
    await world.announce({
      subject: 'inc_link',
      kind: 'cron',
      server: { id: world.serverId, name: 'evil.example' },
      facts: { job: '@someone /start', stage: 'missed', missed: 1, failures: 0 },
    });
    const [message] = await arrived('102', 'evil.example');
    expect(message?.text).toBe(
      '⚠️ <code>evil.example</code> · Scheduled job\n<code>@someone /start</code> did not run when it should have.',
    );
  });

  it('wait for somebody who has blocked the bot, and are summed up when they come back', async () => {
    world.api.answer(
      'sendMessage',
      { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' },
      1,
      ({ chat_id }) => chat_id === '102',
    );
    for (const at of [1, 2, 3]) await world.announce({ subject: `away_${at}`, facts: { path: `/away-${at}`, percent: 90 } });
    await settled();
    expect(about('102', '/away-')).toEqual([]);
    const tried = world.api.of('sendMessage').filter(({ chat_id }) => chat_id === '102').length;
    await world.announce({ subject: 'away_1', phase: 'resolved', at: world.clock.now() + 1 });
    await world.step(DAY_MS);
    expect(world.api.of('sendMessage').filter(({ chat_id }) => chat_id === '102')).toHaveLength(tried);
    await world.api.blocks(world.who.admin, false);
    const [summary] = await arrived('102', 'While the bot could not write to you: 3');
    expect(summary?.text).toContain('(over)');
  });

  it('are kept for a month, what was never sent for a week (R25)', async () => {
    await world.announce({ subject: 'inc_old', facts: { path: '/old', percent: 90 } });
    await settled();
    const { notices } = world.test.world.told;
    world.clock.step(31 * DAY_MS);
    await notices.tidy();
    expect(await world.rowsOf('inc_old')).toEqual([]);
  });

  it('show in the health of the installation: what waits, what failed; and nothing of all this was a bug', async () => {
    expect(world.test.logged()).not.toContain('"level":50');
    const admin = await world.test.person(900);
    const { body } = await admin.get('/admin/health/detailed');
    const check = body.checks.find(({ key }: { key: string }) => key === 'bot');
    expect(check).toMatchObject({ status: 'ok', values: { username: 'demo_bot', waiting: 0 } });
  });
});

describe('What a person wishes', () => {
  beforeAll(async () => {
    world = await startBotWorld({ env: { ESCALATE_AFTER_MINUTES: '10' } });
  });
  afterAll(() => world[Symbol.asyncDispose]());
  beforeEach(() => world.clock.step(2 * MINUTE_MS));
  // Not by the API: their session is over when the clock has been stepped on.
  const wish = (prefs: ChangedNotificationPrefs): Promise<unknown> => world.test.world.preferences.change('102', prefs);
  const none = { muted: false, mutedServers: [], kinds: { disk: true }, quietHours: { enabled: false } };

  it.each([
    ['everything is muted', () => ({ muted: true })],
    ['the server is muted', () => ({ mutedServers: [world.serverId] })],
    ['the kind is switched off', () => ({ kinds: { disk: false } })],
  ])('is kept: %s', async (what, prefs) => {
    await wish(prefs());
    await world.announce({ subject: `inc_${what}`, severity: 'critical', facts: { path: `/${what}`, percent: 96 }, actions: [] });
    await arrived('101', `/${what}`);
    await settled();
    expect(about('102', `/${what}`)).toEqual([]);
    await world.announce({
      subject: `inc_${what}`,
      phase: 'resolved',
      facts: { path: `/${what}`, percent: 1 },
      at: world.clock.now() + 1,
      actions: [],
    });
    await arrived('101', 'снова есть место');
    await wish(none);
    await world.step(DAY_MS);
    await settled();
    expect(about('102', `/${what}`)).toEqual([]);
    world.api.chat('101').splice(0);
  });

  it('holds at night over midnight what is not critical, and sums it up once in the morning, on the clock of their zone', async () => {
    // 23:30 in Auckland, whose summer is UTC+13: 10:30 UTC.
    const at = Date.UTC(2027, 0, 10, 10, 30) - world.clock.now();
    world.clock.step(at);
    await wish({ quietHours: { enabled: true, start: '23:00', end: '07:00', timeZone: 'Pacific/Auckland', allowCritical: true } });
    for (const one of [1, 2]) await world.announce({ subject: `night_${one}`, facts: { path: `/night-${one}`, percent: 90 } });
    await world.announce({ subject: 'night_critical', severity: 'critical', facts: { path: '/night-critical', percent: 97 }, actions: [] });
    await arrived('102', '/night-critical');
    await world.step(7 * HOUR_MS); // 06:30
    await settled();
    expect(about('102', '/night-')).toHaveLength(1);
    await world.announce({ subject: 'night_1', phase: 'resolved', facts: { path: '/night-1', percent: 9 }, at: world.clock.now() });
    await world.step(31 * MINUTE_MS); // 07:01
    const [morning] = await arrived('102', 'While it was quiet: 2');
    expect(morning?.text).toContain('/night-2</code> is 90');
    expect(morning?.text).toContain('(over)');
    await world.step(DAY_MS);
    await settled();
    expect(about('102', 'While it was quiet')).toHaveLength(1);
    await wish(none);
  });

  it('follows the clock on the wall where summer time leaves an hour out', async () => {
    // Berlin, 28 March 2027: 02:00 becomes 03:00. Quiet until 02:30, which never comes: the first minute after it is 03:00, 01:00 UTC.
    world.clock.step(Date.UTC(2027, 2, 28, 0, 30) - world.clock.now());
    await wish({ quietHours: { enabled: true, start: '22:00', end: '02:30', timeZone: 'Europe/Berlin', allowCritical: false } });
    await world.announce({ subject: 'dst', severity: 'critical', facts: { path: '/dst', percent: 97 }, actions: [] });
    await world.step(29 * MINUTE_MS);
    await settled();
    expect(about('102', '/dst')).toEqual([]);
    await world.step(2 * MINUTE_MS);
    await arrived('102', '/dst');
    await wish(none);
  });

  it('keeps both of the hours that winter time gives twice', async () => {
    // Berlin, 31 October 2027: at 03:00, 01:00 UTC, it is 02:00 again. Quiet until 02:30, which comes at 00:30 and at 01:30 UTC.
    world.clock.step(Date.UTC(2027, 9, 31, 0, 10) - world.clock.now());
    await wish({ quietHours: { enabled: true, start: '22:00', end: '02:30', timeZone: 'Europe/Berlin', allowCritical: false } });
    for (const [hour, minutesLeft] of [
      ['first', 20],
      ['second', 25],
    ] as const) {
      await world.announce({ subject: hour, severity: 'critical', facts: { path: `/${hour}`, percent: 97 }, actions: [] });
      await world.step((minutesLeft - 1) * MINUTE_MS);
      await settled();
      expect(about('102', `/${hour}`)).toEqual([]);
      await world.step(2 * MINUTE_MS);
      await arrived('102', `/${hour}`);
      await world.step(34 * MINUTE_MS); // 02:05 again
    }
    await wish(none);
  });

  it('does not keep something critical from being heard: what becomes critical makes a sound', async () => {
    await world.announce({ subject: 'raised', facts: { path: '/raised', percent: 86 }, actions: [] });
    await arrived('102', '/raised</code> is 86');
    await world.announce({
      subject: 'raised',
      phase: 'changed',
      severity: 'critical',
      facts: { path: '/raised', percent: 97 },
      at: world.clock.now() + 1,
      actions: [],
    });
    const both = await until(
      () => about('102', '/raised</code> is 97'),
      (found) => found.length === 2,
    );
    expect(both.map(({ edits }) => edits)).toEqual([1, 0]);
    await world.announce({
      subject: 'raised',
      phase: 'resolved',
      facts: { path: '/raised', percent: 7 },
      at: world.clock.now() + 2,
      actions: [],
    });
    await until(
      () => about('102', '/raised</code> has room'),
      (found) => found.length === 2,
    );
  });

  it.each([
    [false, 0],
    [true, 1],
  ])('holds what becomes critical at night as they say: critical may pass, %s', async (allowCritical, count) => {
    const subject = `night_${allowCritical}`;
    const facts = { path: `/${subject}`, percent: 86 };
    await wish({ quietHours: { enabled: true, start: '00:00', end: '00:00', timeZone: 'UTC', allowCritical } });
    await world.announce({ subject, facts, actions: [] });
    await settled();
    const worse = { ...facts, percent: 97 };
    await world.announce({ subject, phase: 'changed', severity: 'critical', facts: worse, at: world.clock.now() + 1, actions: [] });
    await arrived('101', `/${subject}</code> заполнен на 97`, 2);
    await settled();
    expect(about('102', `/${subject}`)).toHaveLength(count);
    await wish({ quietHours: { enabled: false } });
    await world.step(MINUTE_MS);
    // Once, and of a night without anybody to answer it says nothing.
    const [message] = await arrived('102', `/${subject}`);
    expect(message?.text).not.toContain('Nobody has answered');
  });

  it('has an unanswered critical incident ring the owner, then the next admin, through their quiet hours, until somebody looks after it', async () => {
    const always = { enabled: true, start: '00:00', end: '00:00', timeZone: 'UTC', allowCritical: false };
    await wish({ quietHours: always });
    await world.openIncident('/ring');
    await arrived('101', '/ring');
    await world.step(10 * MINUTE_MS + 1);
    const rung = await arrived('101', '/ring', 2);
    expect(rung[1]?.text).toContain('Пока никто не ответил.');
    expect(about('102', '/ring')).toEqual([]);
    await world.step(10 * MINUTE_MS + 1);
    const [ring] = await arrived('102', '/ring');
    expect(ring?.text).toContain('Nobody has answered yet.');
    await world.api.taps(world.who.admin, ring, 'I look after it');
    const [answered] = await until(
      () => about('102', '/ring'),
      ([one]) => one?.text.includes('Adam is looking after it.') === true,
    );
    expect(answered?.buttons.map(({ text }) => text)).not.toContain('I look after it');
    await until(
      () => about('101', 'Занимается: Adam.'),
      (found) => found.length === 2,
    );
    await world.step(HOUR_MS);
    await settled();
    expect(about('101', '/ring')).toHaveLength(2);
    await wish(none);
  });
});
