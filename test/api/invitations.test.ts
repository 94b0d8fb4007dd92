import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, stepClock } from '../support/clock.ts';
import { startWorld, SUPER_ADMIN, type Answer, type Person, type TestWorld } from '../support/world.ts';

describe('Invitations', () => {
  const clock = stepClock();
  let test: TestWorld;
  let owner: Person;
  let admin: Person;
  let guest: Person;
  let serverId: string;
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
  });
  beforeEach(async () => {
    // Anew each time: a test may have stepped the clock past the end of every session.
    [owner, admin, guest] = [await test.person(1, 'Olga'), await test.person(2, 'Adam'), await test.person(3, 'Gus')];
    const { body } = await owner.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    serverId = body.id;
    await test.grant(serverId, admin.id, 'admin');
  });
  afterAll(() => test[Symbol.asyncDispose]());
  const invite = (by: Person, body: Record<string, unknown> = { role: 'viewer' }): Promise<Answer> =>
    by.post(`/servers/${serverId}/invitations`, body);
  const accept = (by: Person, { body }: Answer): Promise<Answer> => by.post('/invitations/accept', { code: body.code });
  const codeOf = (answer: Answer): [number, string] => [answer.status, answer.body.code];

  it('say first what they offer, give their role once, and are used up by it (S17)', async () => {
    const made = await invite(owner, { role: 'admin' });
    expect(made.status, made.text).toBe(201);
    expect(Buffer.from(made.body.code, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(Date.parse(made.body.expiresAt) - Date.parse(made.body.createdAt)).toBe(DAY_MS);
    expect((await guest.post('/invitations/read', { code: made.body.code })).body).toEqual({
      serverName: 'ship',
      role: 'admin',
      invitedBy: 'Olga',
      accessExpiresAt: null,
      expiresAt: made.body.expiresAt,
    });
    expect((await guest.get(`/servers/${serverId}`)).status).toBe(404);
    expect((await accept(guest, made)).body).toEqual({ serverId, role: 'admin' });
    expect((await guest.get(`/servers/${serverId}`)).body.role).toBe('admin');
    expect(codeOf(await accept(await test.person(4), made))).toEqual([410, 'invitation.used']);
  });

  it('are given to one of many who use them at the same moment (S17)', async () => {
    const made = await invite(owner);
    const crowd = await Promise.all([11, 12, 13, 14, 15].map((id) => test.person(id)));
    const answers = await Promise.all(crowd.map((person) => accept(person, made)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410, 410, 410, 410]);
    expect((await owner.get(`/servers/${serverId}/access`)).body.members.length).toBe(3);
  });

  it('show their code once: neither lists nor the database nor the log hold it, and only their maker lists them (S17)', async () => {
    const made = await invite(admin);
    const listed = await admin.get(`/servers/${serverId}/invitations`);
    const { code: _code, link: _link, ...shown } = made.body;
    expect(listed.body.invitations).toEqual([shown]);
    expect((await owner.get(`/servers/${serverId}/invitations`)).body.invitations).toEqual([]);
    await accept(guest, made);
    const stored = JSON.stringify(await test.world.db.selectFrom('invitation').selectAll().execute());
    const audit = JSON.stringify(await test.world.db.selectFrom('audit').selectAll().execute());
    expect(stored + audit + test.logged()).not.toContain(made.body.code);
  });

  it('lead into the app once the name of the bot is known', async () => {
    expect((await invite(owner)).body.link).toBeNull();
    test.world.bot.username = 'clawmoor_bot';
    const { code, link } = (await invite(owner)).body;
    expect(link).toBe(`https://t.me/clawmoor_bot?startapp=inv_${code}`);
    expect(new URL(link).searchParams.get('startapp')).toMatch(/^[\w-]{1,512}$/);
  });

  it('end after 24 hours, by their maker, and with what they were bound to (S17)', async () => {
    const [old, revoked, bound] = [await invite(owner), await invite(owner), await invite(owner, { role: 'viewer', forUserId: '4' })];
    expect((await owner.remove(`/servers/${serverId}/invitations/${revoked.body.id}`)).status).toBe(204);
    expect(codeOf(await accept(guest, revoked))).toEqual([410, 'invitation.void']);
    expect(codeOf(await accept(guest, bound))).toEqual([403, 'invitation.for_another_person']);
    expect((await accept(await test.person(4), bound)).status).toBe(200);
    expect(codeOf(await guest.post('/invitations/accept', { code: 'A'.repeat(32) }))).toEqual([404, 'invitation.not_found']);
    clock.step(DAY_MS);
    guest = await test.person(3, 'Gus');
    expect(codeOf(await accept(guest, old))).toEqual([410, 'invitation.expired']);
  });

  it('give access for as long as they say', async () => {
    const made = await invite(owner, { role: 'viewer', accessExpiresAt: new Date(clock.now() + HOUR_MS).toISOString() });
    await accept(guest, made);
    expect((await guest.get(`/servers/${serverId}`)).status).toBe(200);
    clock.step(HOUR_MS);
    expect((await (await test.person(3)).get(`/servers/${serverId}`)).status).toBe(404);
  });

  it('raise a member, and are kept where they would give nothing', async () => {
    const viewerLink = await invite(owner);
    expect(codeOf(await accept(admin, viewerLink))).toEqual([409, 'access.already_member']);
    expect(codeOf(await accept(owner, viewerLink))).toEqual([409, 'access.already_member']);
    await accept(guest, viewerLink);
    expect((await accept(guest, await invite(owner, { role: 'admin' }))).body.role).toBe('admin');
  });

  it.each([
    ['an admin makes no admin (S16)', 'admin', { role: 'admin' }, 'access.role_not_yours_to_give'],
    ['nobody makes an owner (S16)', 'owner', { role: 'owner' }, 'request.invalid'],
    ['a viewer makes nothing (S16)', 'viewer', { role: 'viewer' }, 'auth.role_too_low'],
    ['a stranger makes nothing (S16)', 'guest', { role: 'viewer' }, 'server.not_found'],
    ['an unknown key (S20)', 'owner', { role: 'viewer', serverId: 'x' }, 'request.invalid'],
    ['a name for an id (S4)', 'owner', { role: 'viewer', forUserId: '@ann' }, 'request.invalid'],
  ])('are refused: %s', async (_what, who, body, code) => {
    const viewer = await test.person(5);
    await test.grant(serverId, viewer.id, 'viewer');
    const people: Record<string, Person> = { owner, admin, viewer, guest };
    expect((await (people[who] ?? guest).post(`/servers/${serverId}/invitations`, body)).body.code).toBe(code);
  });

  it.each([
    ['was removed', async () => owner.remove(`/servers/${serverId}/access/2`)],
    ['became a viewer', async () => owner.put(`/servers/${serverId}/access/2`, { role: 'viewer' })],
    [
      'has access no longer',
      async () => {
        await owner.put(`/servers/${serverId}/access/2`, { role: 'admin', expiresAt: new Date(clock.now() + HOUR_MS).toISOString() });
        clock.step(HOUR_MS);
        [owner, guest] = [await test.person(1, 'Olga'), await test.person(3, 'Gus')];
      },
    ],
  ])('are void when their maker %s, also after they got their right back (S18)', async (_what, end) => {
    const made = await invite(admin);
    await end();
    expect(codeOf(await accept(guest, made))).toEqual([410, 'invitation.void']);
    await test.world.sweep();
    await owner.remove(`/servers/${serverId}/access/2`);
    await owner.post(`/servers/${serverId}/access`, { userId: '2', role: 'admin' });
    expect(codeOf(await accept(guest, made))).toEqual([410, 'invitation.void']);
  });

  it('let their person sign in where it is by invitation, and do nothing more by that (S5)', async () => {
    await using closed = await startWorld({ env: { REGISTRATION: 'invite' } });
    const boss = await closed.person(SUPER_ADMIN);
    const { body: server } = await boss.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    const { code } = (await boss.post(`/servers/${server.id}/invitations`, { role: 'viewer', forUserId: '70' })).body;
    const launch = { start_param: `inv_${code}` };
    await expect(closed.person(70)).rejects.toThrow('auth.not_registered');
    await expect(closed.person(71, 'Eve', launch)).rejects.toThrow('auth.not_registered');
    await expect(closed.person(70, 'Nina', { start_param: `inv_${'A'.repeat(32)}` })).rejects.toThrow('auth.not_registered');
    await expect(closed.person(70, 'Nina', { start_param: `inv_${code}\u0000' OR 1=1` })).rejects.toThrow('auth.not_registered');
    const nina = await closed.person(70, 'Nina', launch);
    expect((await nina.get('/servers')).body.servers).toEqual([]);
    expect((await nina.post('/invitations/accept', { code })).status).toBe(200);
    expect((await (await closed.person(70, 'Nina')).get('/servers')).body.servers).toMatchObject([{ id: server.id, role: 'viewer' }]);
  });
});
