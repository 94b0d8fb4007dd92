import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, stepClock } from '../support/clock.ts';
import { addOpenTask, openFeed, type Feed } from '../support/feed.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

// The requirement: what a person may not see any more, they do not see 5 s later.
const WITHIN = { timeout: 5_000 };

describe('An open feed', () => {
  const clock = stepClock();
  let test: TestWorld;
  let owner: Person;
  let viewer: Person;
  let serverId: string;
  let taskId: string;
  beforeAll(async () => {
    test = await startWorld({ overrides: { clock } });
  });
  beforeEach(async () => {
    [owner, viewer] = [await test.person(1), await test.person(2)];
    const { body } = await owner.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' });
    serverId = body.id;
    await owner.post(`/servers/${serverId}/access`, { userId: '2', role: 'viewer' });
    taskId = await addOpenTask(test, serverId, owner.id);
  });
  afterAll(() => test[Symbol.asyncDispose]());

  async function follow(person: Person): Promise<Feed> {
    const feed = await openFeed(test, person.token, `/tasks/${taskId}/events`);
    await feed.until(/event: task/);
    return feed;
  }
  /** Makes something happen that a feed would tell. */
  const happen = (): Promise<unknown> => owner.post(`/tasks/${taskId}/cancel`);

  it('ends when its reader is removed, and not one event more reaches them (S15)', WITHIN, async () => {
    await using watched = await follow(viewer);
    await using own = await follow(owner);
    const before = watched.text();
    await owner.remove(`/servers/${serverId}/access/2`);
    await happen();
    await watched.ended;
    await own.until(/"state":"cancelled"/);
    expect(watched.text().slice(before.length)).not.toMatch(/event:|data:/);
    expect((await viewer.get(`/tasks/${taskId}/events`)).status).toBe(404);
  });

  it('goes on for a member whose role changes to one that still may read it (S15)', WITHIN, async () => {
    await using watched = await follow(viewer);
    await owner.put(`/servers/${serverId}/access/2`, { role: 'admin' });
    await owner.put(`/servers/${serverId}/access/2`, { role: 'viewer' });
    await happen();
    await watched.until(/"state":"cancelled"/);
  });

  it.each([
    ['they leave', async () => viewer.post(`/servers/${serverId}/access/leave`)],
    ['they sign out', async () => viewer.post('/auth/sign-out')],
    ['the server is removed', async () => owner.remove(`/servers/${serverId}`)],
    [
      'they sign out everywhere else',
      async () => {
        const other = await test.person(2);
        await other.remove('/me/sessions');
      },
    ],
  ])('ends when %s (S7 S15)', WITHIN, async (_what, end) => {
    await using watched = await follow(viewer);
    await end();
    await watched.ended;
    expect(watched.text()).not.toContain('"state":"cancelled"');
  });

  it('ends when the one session that reads it is ended, and no other does (S7)', WITHIN, async () => {
    const other = await test.person(2);
    await using watched = await follow(viewer);
    await using kept = await follow(other);
    const mine = (await viewer.get('/me/sessions')).body.sessions.find(({ current }: { current: boolean }) => current);
    expect((await other.remove(`/me/sessions/${mine.id}`)).status).toBe(204);
    await watched.ended;
    await happen();
    await kept.until(/"state":"cancelled"/);
    expect((await viewer.get('/me')).body.code).toBe('auth.session_ended');
  });

  it('of a personal token ends with the token (S7 S18)', WITHIN, async () => {
    const made = (await viewer.post('/me/tokens', { name: 'watch', scope: 'read' })).body;
    await using watched = await openFeed(test, made.token, `/tasks/${taskId}/events`);
    await watched.until(/event: task/);
    await viewer.remove(`/me/tokens/${made.id}`);
    await watched.ended;
  });

  it('ends when the access of its reader expires, without anybody doing anything (S15)', { timeout: 8_000 }, async () => {
    await owner.put(`/servers/${serverId}/access/2`, { role: 'viewer', expiresAt: new Date(clock.now() + HOUR_MS).toISOString() });
    // A token, because the 15 minutes of a session's own JWT would end the feed first.
    const { token } = (await viewer.post('/me/tokens', { name: 'watch', scope: 'read' })).body;
    await using watched = await openFeed(test, token, `/tasks/${taskId}/events`);
    await watched.until(/event: task/);
    clock.step(HOUR_MS);
    await watched.ended;
  });
});
