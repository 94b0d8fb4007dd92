import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, stepClock } from '../support/clock.ts';
import { signInitData, startWorld, type Person, type TestWorld } from '../support/world.ts';

interface Shown {
  id: string;
  current: boolean;
  userAgent: string;
}

describe('The sessions of a person (S7)', () => {
  const clock = stepClock();
  let test: TestWorld;
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
  });
  afterAll(() => test[Symbol.asyncDispose]());
  const signIn = async (id: number, userAgent: string): Promise<string> => {
    const initData = signInitData({ user: JSON.stringify({ id, first_name: 'Ann' }) }, { authDate: Math.floor(clock.now() / 1000) });
    const { body } = await test.request('POST', '/auth/telegram', { body: { initData }, headers: { 'user-agent': userAgent } });
    return body.token;
  };
  const sessionsOf = async (token: string): Promise<Shown[]> => (await test.request('GET', '/me/sessions', { token })).body.sessions;

  it('are listed with device and address, and which one asks; nothing that opens a door is shown', async () => {
    const [phone, laptop] = [await signIn(1, 'Telegram-Android/12'), await signIn(1, 'Firefox on a laptop')];
    await signIn(2, 'somebody else');
    const sessions = await sessionsOf(phone);
    expect(sessions.map(({ userAgent, current }) => [userAgent, current]).toSorted()).toEqual([
      ['Firefox on a laptop', false],
      ['Telegram-Android/12', true],
    ]);
    for (const session of sessions) {
      expect(Object.keys(session)).toEqual(['id', 'current', 'createdAt', 'lastUsedAt', 'expiresAt', 'userAgent', 'ip']);
      expect(session).toMatchObject({ ip: expect.stringMatching(/127\.0\.0\.1$/) });
    }
    expect(await sessionsOf(laptop)).toHaveLength(2);
  });

  it('can be ended one by one: the token is dead at once, and cannot be renewed', async () => {
    const [mine, lost] = [await signIn(3, 'mine'), await signIn(3, 'lost')];
    await sessionsOf(lost); // verified and remembered
    const id = (await sessionsOf(mine)).find(({ current }) => !current)?.id ?? '';
    expect((await test.request('DELETE', `/me/sessions/${id}`, { token: mine })).status).toBe(204);
    expect((await test.request('GET', '/me', { token: lost })).body.code).toBe('auth.session_ended');
    expect((await test.nobody.post('/auth/refresh', { token: lost })).body.code).toBe('auth.session_ended');
    expect((await test.request('DELETE', `/me/sessions/${id}`, { token: mine })).body.code).toBe('auth.session_not_found');
  });

  it('stay ended, also when their token was being verified for the first time at that moment', async () => {
    const [mine, lost] = [await signIn(10, 'mine'), await signIn(10, 'lost')];
    const sessionId = (await sessionsOf(mine)).find(({ current }) => !current)?.id ?? '';
    const { auth } = test.world;
    await Promise.allSettled([auth.readToken(lost), auth.signOut({ sessionId, userId: '10', firstName: 'Ann', isSuperAdmin: false })]);
    expect((await test.request('GET', '/me', { token: lost })).body.code).toBe('auth.session_ended');
  });

  it('of others cannot be seen or ended (S13)', async () => {
    const [ann, eve] = [await signIn(4, 'ann'), await signIn(5, 'eve')];
    const id = (await sessionsOf(ann))[0]?.id ?? '';
    expect((await test.request('DELETE', `/me/sessions/${id}`, { token: eve })).body.code).toBe('auth.session_not_found');
    expect((await sessionsOf(ann))[0]?.id).toBe(id);
  });

  it('can all be ended but the one that asks', async () => {
    const [mine, ...others] = await Promise.all(['a', 'b', 'c'].map((agent) => signIn(6, agent)));
    expect((await test.request('DELETE', '/me/sessions', { token: mine ?? '' })).status).toBe(204);
    expect((await sessionsOf(mine ?? '')).map(({ current }) => current)).toEqual([true]);
    for (const token of others) expect((await test.request('GET', '/me', { token })).status).toBe(401);
  });

  it('are not listed when they have ended by themselves', async () => {
    await signIn(7, 'old');
    clock.step(2 * HOUR_MS);
    expect(await sessionsOf(await signIn(7, 'new'))).toHaveLength(1);
  });

  it('are opened by a JWT of a session or a personal token, and by nothing else that is given out here (S7)', async () => {
    const owner: Person = await test.person(8);
    const { body: server } = await owner.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    const invitation = (await owner.post(`/servers/${server.id}/invitations`, { role: 'viewer' })).body.code;
    const device = (await test.nobody.post('/auth/device')).body;
    const sessionId = (await sessionsOf(owner.token))[0]?.id ?? '';
    const stepUp = await test.stepUp(owner);
    for (const token of [invitation, device.deviceCode, device.userCode, stepUp, `cmr_${stepUp}`, sessionId, `cmr_${device.deviceCode}`]) {
      expect((await test.request('GET', '/me', { token })).status, token).toBe(401);
    }
    expect((await test.nobody.post('/invitations/accept', { code: invitation })).status).toBe(401);
    const other = await test.person(9);
    for (const code of [stepUp, device.deviceCode]) expect((await other.post('/invitations/accept', { code })).status).toBe(404);
    for (const deviceCode of [stepUp, invitation]) {
      expect((await test.nobody.post('/auth/device/token', { deviceCode })).body.code).toBe('auth.device_expired');
    }
    expect((await owner.post(`/servers/${server.id}/ownership`, { userId: '9' }, { 'x-step-up': invitation })).body.code).toBe(
      'auth.step_up_required',
    );
  });
});
