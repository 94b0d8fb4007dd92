import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NotificationPrefs } from '@clawmoor/shared/me.ts';
import { isQuiet, mayNotify } from '../../backend/src/features/preferences/quiet.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const INITIAL: NotificationPrefs = {
  muted: false,
  mutedServers: [],
  kinds: {},
  quietHours: { enabled: false, start: '22:00', end: '07:00', timeZone: 'UTC', allowCritical: true },
  language: null,
};

describe('What a person wants to be told', () => {
  let test: TestWorld;
  let person: Person;
  const servers: string[] = [];
  let foreign: string;
  beforeAll(async () => {
    test = await startWorld();
    person = await test.person(1);
    const add = async (by: Person): Promise<string> =>
      (await by.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' })).body.id;
    servers.push(await add(person), await add(person));
    foreign = await add(await test.person(2));
  });
  afterAll(() => test[Symbol.asyncDispose]());
  const put = (body: unknown) => person.put('/me/notification-prefs', body);

  it('is everything, until they say otherwise; changes may be whole or in part', async () => {
    expect((await person.get('/me/notification-prefs')).body).toEqual(INITIAL);
    expect((await put({ kinds: { 'task.failed': false } })).body.kinds).toEqual({ 'task.failed': false });
    expect((await put({ kinds: { 'server.down': true } })).body.kinds).toEqual({ 'task.failed': false, 'server.down': true });
    const quiet = { enabled: true, timeZone: 'Europe/Berlin' };
    expect((await put({ quietHours: quiet })).body.quietHours).toEqual({ ...INITIAL.quietHours, ...quiet });
    expect((await put({ language: 'ru', muted: true })).body).toMatchObject({ language: 'ru', muted: true, quietHours: quiet });
    const whole = { ...INITIAL, kinds: { 'task.failed': true, 'server.down': true } };
    expect((await put(whole)).body).toEqual(whole);
    expect((await person.get('/me/notification-prefs')).body).toEqual(whole);
  });

  it('loses nothing when two devices change different parts at once', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, at) => put({ kinds: { [`kind.${at}`]: false } })));
    expect(Object.keys((await person.get('/me/notification-prefs')).body.kinds).filter((kind) => kind.startsWith('kind.')).length).toBe(8);
  });

  it('names servers that they may see; none means none, and one wrong id changes nothing (S13 S14)', async () => {
    expect((await put({ mutedServers: servers })).body.mutedServers).toEqual(servers);
    for (const mutedServers of [['*'], [...servers, foreign], ['srv_missing0000000000000']]) {
      const { status, body } = await put({ mutedServers, muted: true });
      expect([status, body.code], String(mutedServers)).toEqual([404, 'server.not_found']);
    }
    expect((await person.get('/me/notification-prefs')).body).toMatchObject({ mutedServers: servers, muted: false });
    expect((await put({ mutedServers: [] })).body.mutedServers).toEqual([]);
    await put({ mutedServers: servers });
    await person.remove(`/servers/${servers[1]}`);
    expect((await person.get('/me/notification-prefs')).body.mutedServers).toEqual([servers[0]]);
  });

  it.each([
    ['a time zone that is none', { quietHours: { timeZone: 'Mars/Olympus' } }],
    ['a time that is none', { quietHours: { start: '24:00' } }],
    ['a language that is not spoken here', { language: 'tlh' }],
    ['an unknown key (S20)', { admin: true }],
    ['an unknown key inside (S20)', { quietHours: { role: 'owner' } }],
    ['a word for a yes or no (S20)', { muted: 'false' }],
    ['a kind that is no name (S20)', { kinds: { __proto__x: true } }],
    ['too many kinds (S20)', { kinds: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, true])) }],
    ['300 kB (S20)', { mutedServers: ['x'.repeat(300_000)] }],
  ])('is refused where it holds %s', async (_what, body) => {
    const before = (await person.get('/me/notification-prefs')).body;
    expect([400, 413]).toContain((await put(body)).status);
    expect((await person.get('/me/notification-prefs')).body).toEqual(before);
  });
});

const quiet = (more: Partial<NotificationPrefs['quietHours']>): NotificationPrefs => ({
  ...INITIAL,
  quietHours: { ...INITIAL.quietHours, enabled: true, ...more },
});
const at = (text: string): number => Date.parse(text);

describe('Quiet hours', () => {
  it.each([
    ['21:59', false],
    ['22:00', true],
    ['23:59', true],
    ['00:00', true],
    ['06:59', true],
    ['07:00', false],
    ['12:00', false],
  ])('from 22:00 to 07:00: quiet at %s is %s', (time, expected) => {
    expect(isQuiet(quiet({}), at(`2026-05-05T${time}:00Z`))).toBe(expected);
  });

  it.each([
    ['12:59', false],
    ['13:00', true],
    ['14:59', true],
    ['15:00', false],
  ])('within one day, 13:00 to 15:00: quiet at %s is %s', (time, expected) => {
    expect(isQuiet(quiet({ start: '13:00', end: '15:00' }), at(`2026-05-05T${time}:00Z`))).toBe(expected);
  });

  it.each([
    // Berlin, 29 March 2026: at 2:00 the clock goes to 3:00. 22:00–07:00 is one hour shorter.
    ['Europe/Berlin', '2026-03-28T20:59:00Z', false], // 21:59
    ['Europe/Berlin', '2026-03-28T21:00:00Z', true], // 22:00
    ['Europe/Berlin', '2026-03-29T04:59:00Z', true], // 06:59 of the new time
    ['Europe/Berlin', '2026-03-29T05:00:00Z', false], // 07:00
    // Berlin, 25 October 2026: at 3:00 the clock goes back to 2:00. One hour longer.
    ['Europe/Berlin', '2026-10-24T20:00:00Z', true], // 22:00
    ['Europe/Berlin', '2026-10-25T00:30:00Z', true], // 02:30, the first
    ['Europe/Berlin', '2026-10-25T01:30:00Z', true], // 02:30, the second
    ['Europe/Berlin', '2026-10-25T05:59:00Z', true], // 06:59
    ['Europe/Berlin', '2026-10-25T06:00:00Z', false], // 07:00
    // New York, 8 March 2026; Lord Howe, which moves by half an hour, 4 October 2026; Kathmandu, a quarter off the hour.
    ['America/New_York', '2026-03-08T10:59:00Z', true],
    ['America/New_York', '2026-03-08T11:00:00Z', false],
    ['Australia/Lord_Howe', '2026-10-03T19:59:00Z', true],
    ['Australia/Lord_Howe', '2026-10-03T20:00:00Z', false],
    ['Asia/Kathmandu', '2026-05-05T01:14:00Z', true],
    ['Asia/Kathmandu', '2026-05-05T01:15:00Z', false],
  ])('follow the clock on the wall over summer time: %s at %s is %s', (timeZone, time, expected) => {
    expect(isQuiet(quiet({ timeZone }), at(time))).toBe(expected);
  });

  it('whose end falls into the hour that is left out end with that hour; one that is repeated is quiet twice', () => {
    const shortNight = quiet({ timeZone: 'Europe/Berlin', start: '01:00', end: '02:30' });
    expect(isQuiet(shortNight, at('2026-03-29T00:59:00Z'))).toBe(true); // 01:59, the last minute before 03:00
    expect(isQuiet(shortNight, at('2026-03-29T01:00:00Z'))).toBe(false); // 03:00
    expect(isQuiet(shortNight, at('2026-10-25T00:15:00Z'))).toBe(true); // 02:15, the first
    expect(isQuiet(shortNight, at('2026-10-25T01:15:00Z'))).toBe(true); // 02:15, the second
    expect(isQuiet(shortNight, at('2026-10-25T01:30:00Z'))).toBe(false); // 02:30, the second
  });

  it('from and to the same time are the whole day, and none at all when they are off', () => {
    expect(isQuiet(quiet({ start: '08:00', end: '08:00' }), at('2026-05-05T12:00:00Z'))).toBe(true);
    expect(isQuiet(quiet({ enabled: false, start: '00:00', end: '00:00' }), at('2026-05-05T12:00:00Z'))).toBe(false);
  });
});

describe('Whether somebody is told', () => {
  const night = at('2026-05-05T23:00:00Z');
  const day = at('2026-05-05T12:00:00Z');
  const ask = (prefs: NotificationPrefs, more: Partial<Parameters<typeof mayNotify>[0]> = {}): boolean =>
    mayNotify({ prefs, kind: 'server.down', serverId: 'srv_1', critical: false, now: day, ...more });

  it.each([
    ['as it is at first', INITIAL, {}, true],
    ['all muted', { ...INITIAL, muted: true }, { critical: true }, false],
    ['this server muted', { ...INITIAL, mutedServers: ['srv_1'] }, { critical: true }, false],
    ['another server muted', { ...INITIAL, mutedServers: ['srv_2'] }, {}, true],
    ['about no server', { ...INITIAL, mutedServers: ['srv_1'] }, { serverId: undefined }, true],
    ['this kind off', { ...INITIAL, kinds: { 'server.down': false } }, { critical: true }, false],
    ['this kind on', { ...INITIAL, kinds: { 'server.down': true } }, {}, true],
    ['a kind named like a part of every object', INITIAL, { kind: 'constructor' }, true],
    ['quiet hours by day', quiet({}), {}, true],
    ['quiet hours by night', quiet({}), { now: night }, false],
    ['quiet hours by night, critical', quiet({}), { now: night, critical: true }, true],
    ['quiet hours by night, critical, which may not pass', quiet({ allowCritical: false }), { now: night, critical: true }, false],
  ])('%s: %#', (_what, prefs, more, expected) => {
    expect(ask(prefs, more)).toBe(expected);
  });
});
