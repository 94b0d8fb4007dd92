import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openFeed, type Feed, type FeedEvent } from '../support/event-feed.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { startOpenclawWorld, type OpenclawWorld } from '../support/openclaw-world.ts';
import { SSHD } from '../support/sshd.ts';
import type { Person } from '../support/world.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();

const isListening = ({ event, data }: FeedEvent): boolean => event === 'status' && data.phase === 'listening';
const isFinal = ({ event }: FeedEvent): boolean => event === 'final';
const spoken = (seen: FeedEvent[], runId: string): string =>
  seen
    .filter(({ event, data }) => event === 'delta' && data.runId === runId)
    .map(({ data }) => data.text)
    .join('');

describeIf(why === undefined, `the real OpenClaw: ${why}`)('Talking with an agent of a real gateway', () => {
  let all: OpenclawWorld;
  let chat: string;
  const feeds: Feed[] = [];

  beforeAll(async () => {
    all = await startOpenclawWorld();
    chat = `${all.base}/agents/main/chat`;
  }, 300_000);
  afterEach(() => {
    for (const feed of feeds.splice(0)) feed.close();
  });
  afterAll(() => all[Symbol.asyncDispose]());

  async function follow(
    person: Person,
    { sessionKey, lastEventId }: { sessionKey?: string; lastEventId?: number | undefined } = {},
  ): Promise<Feed> {
    const query = sessionKey === undefined ? '' : `?sessionKey=${encodeURIComponent(sessionKey)}`;
    const feed = await openFeed(`${all.test.url}/api${chat}/events${query}`, { token: person.token, lastEventId });
    feeds.push(feed);
    return feed;
  }
  let turn = 0;
  const say = (message: string, more: object = {}) => all.owner.post(chat, { message, idempotencyKey: `turn-${(turn += 1)}`, ...more });

  it('streams the words of the answer and its end, to everybody who follows', async () => {
    const mine = `agent:main:user-${all.owner.id}`;
    const [owner, viewer] = [await follow(all.owner), await follow(all.viewer, { sessionKey: mine })];
    await Promise.all([owner.until(isListening), viewer.until(isListening)]);
    const sent = await say('what is the tide?');
    expect([sent.status, sent.body.sessionKey]).toEqual([202, mine]);
    for (const feed of [owner, viewer]) {
      const final = await feed.until(isFinal);
      expect(final.data).toMatchObject({ runId: sent.body.runId, aborted: false, text: expect.stringContaining('what is the tide?') });
      expect(spoken(feed.seen, sent.body.runId)).toBe(final.data.text);
      const ids = feed.seen.flatMap(({ id }) => (id === undefined ? [] : [id]));
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    }
  });

  it('says a message once, however often the same key is sent; the key is the person’s own', async () => {
    const feed = await follow(all.owner);
    await feed.until(isListening);
    const [first, second] = [await say('once', { idempotencyKey: 'same' }), await say('once', { idempotencyKey: 'same' })];
    expect(second.body.runId).toBe(first.body.runId);
    expect(first.body.runId).toMatch(new RegExp(`^${all.owner.id}\\.[a-f0-9]+\\.same$`));
    await feed.until(({ event, data }) => event === 'final' && data.runId === first.body.runId);
    const key = encodeURIComponent(first.body.sessionKey);
    const { messages } = (await all.viewer.get(`${all.base}/sessions/${key}`)).body;
    expect(messages.filter(({ role, text }: { role: string; text: string }) => role === 'user' && text === 'once')).toHaveLength(1);
  });

  it('shows what a tool does, from its start to its end', async () => {
    const feed = await follow(all.viewer, { sessionKey: `agent:main:user-${all.owner.id}` });
    await feed.until(isListening);
    await say('run the command: echo ahoy');
    await feed.until(isFinal);
    const tools = feed.seen.filter(({ event }) => event === 'tool').map(({ data }) => data);
    expect(tools[0]).toMatchObject({ name: 'exec', phase: 'start', failed: false });
    expect(tools.some(({ phase, detail }) => phase === 'update' && detail?.includes('ahoy'))).toBe(true);
    expect(tools.some(({ phase }) => phase === 'end')).toBe(true);
  });

  it('goes on where a locked phone left it, without a gap and without a word twice', async () => {
    const before = await follow(all.owner);
    await before.until(isListening);
    const { runId } = (await say('slowly one two three four five six seven eight')).body;
    await before.until(({ event }) => event === 'delta');
    before.close();
    const left = before.seen.findLast(({ id }) => id !== undefined)?.id;
    await delay(600); // words go by while the phone is locked
    const after = await follow(all.owner, { lastEventId: left });
    const final = await after.until(({ event, data }) => event === 'final' && data.runId === runId);
    expect(spoken(before.seen, runId) + spoken(after.seen, runId)).toBe(final.data.text);
    expect(after.seen.some(({ event }) => event === 'resync')).toBe(false);
  });

  it('gives a phone that joins in the middle of an answer its beginning', async () => {
    const first = await follow(all.owner);
    await first.until(isListening);
    const { runId } = (await say('slowly two three four five six')).body;
    await first.until(({ event }) => event === 'delta');
    await delay(400);
    const second = await follow(all.owner);
    const final = await second.until(({ event, data }) => event === 'final' && data.runId === runId);
    expect(spoken(second.seen, runId)).toBe(final.data.text);
  });

  it('tells a phone that was away for too long to read the conversation again', async () => {
    for (const lastEventId of [1, 8_000_000_000_000_000]) {
      const feed = await follow(all.owner, { lastEventId });
      expect((await feed.until(({ event }) => event === 'resync')).data).toEqual({ why: 'too_old' });
    }
  });

  it('stops an answer that is under way', async () => {
    const feed = await follow(all.owner);
    await feed.until(isListening);
    const { runId, sessionKey } = (await say('slowly a b c d e f g h i j k l m n o p q r s t u v w x y z')).body;
    await feed.until(({ event, data }) => event === 'delta' && data.runId === runId);
    const listed = (await all.viewer.get(`${all.base}/sessions?activeOnly=true&stuckAfterMinutes=0`)).body.sessions;
    expect(listed).toMatchObject([{ key: sessionKey, running: true, stuck: true }]);
    expect((await all.viewer.get(`${all.base}/sessions?activeOnly=true`)).body.sessions).toMatchObject([{ running: true, stuck: false }]);
    expect((await all.owner.post(`${chat}/abort`, { runId })).body).toEqual({ aborted: true });
    const final = await feed.until(({ event, data }) => event === 'final' && data.runId === runId);
    expect(final.data.aborted).toBe(true);
    expect(final.data.text).not.toContain('z');
  });

  it('takes a file along', async () => {
    const feed = await follow(all.owner);
    await feed.until(isListening);
    const note = { name: 'note.txt', type: 'text/plain', content: Buffer.from('low water at nine').toString('base64') };
    const { runId, sessionKey } = (await say('look at this', { attachments: [note] })).body;
    await feed.until(({ event, data }) => event === 'final' && data.runId === runId);
    const rows = await all.test.world.db.selectFrom('audit').selectAll().where('action', '=', 'openclaw.chat_send').execute();
    expect(JSON.stringify(rows)).toContain('"size');
    for (const secret of ['low water', note.content, 'look at this', 'note.txt']) expect(JSON.stringify(rows)).not.toContain(secret);
    expect(sessionKey).toContain('user-');
    const huge = { ...note, content: 'A'.repeat(7_000_000) };
    expect((await say('x', { attachments: [huge] })).status).toBe(400);
  });

  it('refuses a viewer, a conversation of another agent, and an agent that is not there', async () => {
    expect((await all.viewer.post(chat, { message: 'x', idempotencyKey: 'v' })).status).toBe(403);
    expect((await all.stranger.post(chat, { message: 'x', idempotencyKey: 's' })).status).toBe(404);
    const other = await say('x', { sessionKey: 'agent:other:user-1' });
    expect([other.status, other.body.code]).toEqual([400, 'session.other_agent']);
    const feed = await all.viewer.get(`${chat}/events?sessionKey=agent:other:x`);
    expect([feed.status, feed.body.code]).toEqual([400, 'session.other_agent']);
    const nobody = await all.owner.post(`${all.base}/agents/nobody/chat`, { message: 'x', idempotencyKey: 'n' });
    expect([nobody.status, nobody.body.code]).toEqual([404, 'agent.not_found']);
    expect((await say('x', { idempotencyKey: 'no spaces' })).status).toBe(400);
  });

  it('ends the feed of a person whose role was taken away', async () => {
    const feed = await openFeed(`${all.test.url}/api${chat}/events?sessionKey=agent:main:guest`, { token: all.viewer.token });
    await feed.until(isListening);
    await all.test.world.db.deleteFrom('member').where('user_id', '=', all.viewer.id).execute();
    await feed.ended;
    await all.test.grant(all.serverId, all.viewer.id, 'viewer');
    feed.close();
  });

  it('tells of a gateway that goes down and comes back, and goes on', async () => {
    const feed = await follow(all.owner);
    await feed.until(isListening);
    await all.openclaw.stop();
    expect((await feed.until(({ event }) => event === 'error')).data).toMatchObject({
      runId: null,
      code: expect.stringContaining('gateway.'),
    });
    await all.openclaw.start();
    await feed.until(({ event, data }) => event === 'resync' && data.why === 'reconnected');
    const { runId } = (await say('are you back?')).body;
    expect((await feed.until(({ event, data }) => event === 'final' && data.runId === runId)).data.text).toContain('are you back?');
  }, 120_000);

  it('pages through a conversation from its end, with the key as it is', async () => {
    const key = `agent:main:we/ird:key-${'x'.repeat(40)} with space`;
    const { gateways } = all.test.world;
    await gateways.request(all.serverId, { method: 'sessions.create', params: { key, agentId: 'main' }, as: 'control' });
    for (let at = 0; at < 5; at += 1)
      await gateways.request(all.serverId, { method: 'chat.inject', params: { sessionKey: key, message: `line ${at}` }, as: 'control' });
    const path = `${all.base}/sessions/${encodeURIComponent(key)}`;
    const first = (await all.viewer.get(`${path}?limit=2`)).body;
    expect(first.session.key).toBe(key);
    expect(first.messages.map(({ text }: { text: string }) => text)).toEqual([
      expect.stringContaining('line 3'),
      expect.stringContaining('line 4'),
    ]);
    const second = (await all.viewer.get(`${path}?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second.messages.map(({ text }: { text: string }) => text)).toEqual([
      expect.stringContaining('line 1'),
      expect.stringContaining('line 2'),
    ]);
    const last = (await all.viewer.get(`${path}?limit=2&cursor=${second.nextCursor}`)).body;
    expect([last.messages.length, last.nextCursor]).toEqual([1, null]);
    const one = await all.viewer.get(`${path}/messages/${first.messages[0].id}`);
    expect(one.body.text).toContain('line 3');
    expect((await all.viewer.get(`${path}/messages/none`)).body.code).toBe('session.not_found');
  });

  it('lists conversations by agent and by words, page by page', async () => {
    const { gateways } = all.test.world;
    const keys = Array.from({ length: 25 }, (_, at) => `agent:main:bulk-${at}`);
    await Promise.all(
      keys.map((key) => gateways.request(all.serverId, { method: 'sessions.create', params: { key, agentId: 'main' }, as: 'control' })),
    );
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await all.viewer.get(`${all.base}/sessions?search=bulk-&limit=10${cursor}`)).body;
      seen.push(...page.sessions.map(({ key }: { key: string }) => key));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen.toSorted()).toEqual(keys.toSorted());
    expect((await all.viewer.get(`${all.base}/sessions?agentId=nobody`)).body).toMatchObject({ sessions: [], nextCursor: null });
    for (const bad of ['limit=0', 'limit=201', 'cursor=-1', 'cursor=x', 'activeOnly=maybe'])
      expect((await all.viewer.get(`${all.base}/sessions?${bad}`)).status, bad).toBe(400);
  });

  it('resets, sums up, counts and deletes a conversation; not one that is not there', async () => {
    const path = `${all.base}/sessions/${encodeURIComponent(`agent:main:user-${all.owner.id}`)}`;
    // The gateway counts behind its own back, and says 0 until it has.
    const used = async () => (await all.viewer.get(`${path}/usage`)).body.total;
    await expect.poll(used, { timeout: 25_000, interval: 300 }).toBeGreaterThan(0);
    expect((await all.owner.post(`${path}/compact`)).body).toMatchObject({ compacted: expect.any(Boolean) });
    expect((await all.owner.post(`${path}/abort`)).body).toEqual({ aborted: false });
    expect((await all.viewer.post(`${path}/reset`)).status).toBe(403);
    expect((await all.owner.post(`${path}/reset`)).status).toBe(204);
    const { messages } = (await all.viewer.get(path)).body;
    expect(messages.filter(({ role }: { role: string }) => role !== 'other')).toEqual([]);
    expect((await all.viewer.remove(path)).status).toBe(403);
    expect((await all.owner.remove(path)).status).toBe(204);
    for (const verb of ['reset', 'compact', 'abort'])
      expect((await all.owner.post(`${path}-none/${verb}`)).body.code, verb).toBe('session.not_found');
    const gone = [() => all.owner.remove(path), () => all.viewer.get(path), () => all.viewer.get(`${path}/usage`)];
    for (const ask of gone)
      await expect.poll(async () => (await ask()).body?.code, { timeout: 10_000, interval: 300 }).toBe('session.not_found');
  });
});
