import { request } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startFakeGateway, type FakeGateway, type Reply } from '../support/fake-gateway.ts';
import { openFeed, type FeedEvent } from '../support/event-feed.ts';
import { describeIf } from '../support/needs.ts';
import { addServer } from '../support/openclaw-world.ts';
import { freePort, SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const isListening = ({ event, data }: FeedEvent): boolean => event === 'status' && data.phase === 'listening';

describeIf(SSHD !== undefined, 'it needs sshd')('A gateway that answers too much, or nonsense', () => {
  let test: TestWorld;
  let sshd: TestSshd;
  let fake: FakeGateway;
  let owner: Person;
  let serverId: string;
  let base: string;
  /** What the gateway answers, by method. */
  let answers: Record<string, unknown | ((params: Record<string, unknown>) => unknown)>;

  beforeAll(async () => {
    [test, sshd] = await Promise.all([startWorld(), startSshd()]);
    fake = await startFakeGateway({
      onFrame: (method): Reply => {
        const answer = answers[method];
        const payload = typeof answer === 'function' ? answer(fake.frames.at(-1)?.params ?? {}) : answer;
        return payload instanceof Error
          ? { ok: false, error: { code: 'INVALID_REQUEST', message: payload.message } }
          : { ok: true, payload };
      },
    });
    await mkdir(join(sshd.home, '.openclaw'), { recursive: true });
    await writeFile(join(sshd.home, '.openclaw/openclaw.json'), JSON.stringify({ gateway: { port: fake.port } }));
    owner = await test.person(1);
    serverId = await addServer(owner, sshd);
    base = `/servers/${serverId}/openclaw`;
  });
  beforeEach(() => {
    answers = {};
  });
  afterEach(() => {
    fake.frames.length = 0;
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  const broadcast = (event: string, payload: unknown): void => {
    const frame = JSON.stringify({ type: 'event', event, payload });
    for (const socket of fake.sockets) socket.send(frame);
  };
  const sessionKey = 'agent:main:user-1';
  const delta = (runId: string, deltaText: string): void => broadcast('chat', { runId, sessionKey, state: 'delta', deltaText });

  it('is told apart from a bug of ours: 502, not 500', async () => {
    const nonsense = [
      null,
      7,
      'x',
      [],
      {},
      { sessions: 'x' },
      { agents: {} },
      { files: [1] },
      { skills: [{}] },
      { plugins: [null] },
      { channels: 1 },
    ];
    const paths = [
      'agents',
      'agents/main',
      'agents/main/files',
      'agents/main/files/SOUL.md',
      'sessions',
      'sessions/agent:main:x',
      'skills',
      'skills/x',
      'plugins',
      'plugins/x',
      'channels',
      'pairings',
      'skill-hub?query=x',
      'skill-hub/x',
      'agents/main/export',
    ];
    for (const payload of nonsense) {
      answers = new Proxy({}, { get: () => payload });
      const bad = await Promise.all(paths.map(async (path) => [path, (await owner.get(`${base}/${path}`)).body.code]));
      expect(bad, JSON.stringify(payload)).toEqual(paths.map((path) => [path, 'gateway.bad_answer']));
    }
    expect(test.logged()).not.toContain('unexpected failure');
  });

  it('that lists 10,000 conversations is cut to the page, quickly', async () => {
    const row = (at: number) => ({ key: `agent:main:${at}`, lastMessagePreview: 'x'.repeat(500), token: 'secret', updatedAt: 1e300 });
    answers['sessions.list'] = { sessions: Array.from({ length: 10_000 }, (_, at) => row(at)), totalCount: 10_000, nextOffset: 50 };
    const { body, text } = await owner.get(`${base}/sessions`);
    expect([body.sessions.length, body.total, body.nextCursor]).toEqual([50, 10_000, '50']);
    expect(text).not.toContain('secret');
    expect(body.sessions[0]).toMatchObject({ updatedAt: null, preview: 'x'.repeat(300) });
    expect(fake.frames.at(-1)?.params).toMatchObject({ limit: 50, offset: 0 });
  });

  it('that answers a history of 20 MB has it cut to the page, and is asked for half a megabyte', async () => {
    answers['sessions.describe'] = { session: { key: sessionKey } };
    answers['chat.history'] = { messages: Array.from({ length: 200 }, () => ({ role: 'user', content: 'x'.repeat(100_000) })) };
    const { body, text } = await owner.get(`${base}/sessions/${sessionKey}?limit=20`);
    expect(body.messages).toHaveLength(20);
    expect(body.messages[0]).toMatchObject({ truncated: true, text: 'x'.repeat(20_000) });
    expect(text.length).toBeLessThan(500_000);
    expect(fake.frames.find(({ method }) => method === 'chat.history')?.params).toMatchObject({ maxBytes: 524_288, limit: 20 });
  });

  it('that answers 30 MB at once loses its connection, and is asked again by the next call', async () => {
    answers['sessions.list'] = { sessions: [], padding: 'x'.repeat(30 * 1024 * 1024) };
    expect((await owner.get(`${base}/sessions`)).body.code).toBe('gateway.bad_answer');
    answers['sessions.list'] = { sessions: [] };
    expect((await owner.get(`${base}/sessions`)).body.sessions).toEqual([]);
  });

  it('shows a conversation as stuck by the gateway’s own clock', async () => {
    const now = Date.UTC(2001, 0, 1);
    const session = (minutes: number) => ({ key: sessionKey, hasActiveRun: true, snapshotAt: now, updatedAt: now - minutes * 60_000 });
    answers['sessions.list'] = { sessions: [session(9), session(11), { ...session(99), hasActiveRun: false }] };
    const { sessions } = (await owner.get(`${base}/sessions`)).body;
    expect(sessions.map(({ stuck }: { stuck: boolean }) => stuck)).toEqual([false, true, false]);
  });

  it('that fails a turn because a plugin was renewed is told the same again, unseen', async () => {
    const runs: string[] = [];
    answers['chat.send'] = ({ idempotencyKey }: Record<string, unknown>) => {
      const runId = String(idempotencyKey);
      runs.push(runId);
      const error = { state: 'error', errorMessage: 'prepared model runtime plugin generation was superseded before use' };
      const final = { state: 'final', message: { role: 'assistant', content: 'aye' } };
      setTimeout(() => broadcast('chat', { runId, sessionKey, ...(runs.length < 2 ? error : final) }), 20);
      return { runId };
    };
    const feed = await openFeed(`${test.url}/api${base}/agents/main/chat/events`, { token: owner.token });
    await feed.until(isListening);
    const { runId } = (await owner.post(`${base}/agents/main/chat`, { message: 'hi', idempotencyKey: 'k' })).body;
    expect((await feed.until(({ event }) => event === 'final')).data).toEqual({ runId, text: 'aye', aborted: false });
    expect(feed.seen.some(({ event }) => event === 'error')).toBe(false);
    expect(runs).toEqual([runId, `${runId}.1`]);
    feed.close();
  });

  it('that was down at first is talked to as soon as it is there, and the feed says so', async () => {
    const configFile = join(sshd.home, '.openclaw/openclaw.json');
    await writeFile(configFile, JSON.stringify({ gateway: { port: await freePort() } }));
    const other = `/servers/${await addServer(owner, sshd)}/openclaw/agents/main/chat`;
    const feed = await openFeed(`${test.url}/api${other}/events`, { token: owner.token });
    expect((await feed.until(({ event }) => event === 'error')).data).toMatchObject({ runId: null, code: 'gateway.down' });
    answers['chat.send'] = ({ idempotencyKey }: Record<string, unknown>) => ({ runId: idempotencyKey });
    const say = () => owner.post(`${other}`, { message: 'hi', idempotencyKey: 'early' });
    expect((await say()).body.code).toBe('gateway.down');
    await writeFile(configFile, JSON.stringify({ gateway: { port: fake.port } }));
    await feed.until(isListening);
    expect(feed.seen.find(({ event }) => event === 'resync')?.data).toEqual({ why: 'reconnected' });
    expect((await say()).status).toBe(202);
    feed.close();
  });

  it('says so when a turn fails for another reason', async () => {
    const feed = await openFeed(`${test.url}/api${base}/agents/main/chat/events`, { token: owner.token });
    await feed.until(isListening);
    broadcast('chat', { runId: 'r', sessionKey, state: 'error', errorMessage: 'no credit left' });
    expect((await feed.until(({ event }) => event === 'error')).data).toMatchObject({ runId: 'r', message: 'no credit left' });
    feed.close();
  });

  it('is not held up by one who reads slowly: that one hears that it missed something (R11)', async () => {
    const url = `${test.url}/api${base}/agents/main/chat/events`;
    const quick = await openFeed(url, { token: owner.token });
    let text = '';
    const slow = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      request(url, { headers: { authorization: `Bearer ${owner.token}` } }, (response) => resolve(response.pause()))
        .on('error', reject)
        .end();
    });
    await quick.until(isListening);
    const words = 'w'.repeat(16_000);
    for (let at = 0; at < 3_000; at += 1) {
      delta(`flood-${at}`, words);
      // As the wind: in gusts, so that the quick one can take them.
      if (at % 100 === 99) await quick.until(({ data }) => data.runId === `flood-${at}`);
    }
    delta('the-last', 'aye');
    await quick.until(({ data }) => data.runId === 'the-last');
    expect(quick.seen.some(({ event }) => event === 'resync')).toBe(false);
    const last = new Promise<void>((resolve) =>
      slow.on('data', (chunk: Buffer) => void ((text += chunk), text.includes('the-last') && resolve())),
    );
    slow.resume();
    await last;
    expect(text).toContain('"why":"too_slow"');
    expect(text.length).toBeLessThan(30_000_000);
    slow.destroy();
    quick.close();
  });

  it('cannot smuggle a page into a login code', async () => {
    const login = async (qrDataUrl: string) => {
      answers['web.login.start'] = { qrDataUrl, message: 'scan it' };
      return (await owner.post(`${base}/channels/whatsapp/login`)).body;
    };
    expect(await login('data:image/png;base64,iVBORw0KGgo=')).toEqual({
      state: 'scan',
      qr: 'data:image/png;base64,iVBORw0KGgo=',
      message: 'scan it',
    });
    for (const bad of [
      'javascript:alert(1)',
      'data:text/html;base64,PGI+',
      'https://evil.example/qr.png',
      `data:image/png;base64,${'A'.repeat(200_000)}`,
    ])
      expect((await login(bad)).qr, bad.slice(0, 40)).toBeNull();
    answers['web.login.wait'] = { connected: true };
    expect((await owner.post(`${base}/channels/whatsapp/login/wait`)).body).toEqual({ state: 'connected', qr: null, message: null });
  });
});
