import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebhookPost } from '../../backend/src/adapters/webhook/post.ts';
import { createDialer } from '../../backend/src/lib/egress.ts';
import { startBotWorld, until, type BotWorld } from '../support/bot-world.ts';
import { DAY_MS, HOUR_MS } from '../support/clock.ts';
import { isGenuine, startReceiver, type Receiver } from '../support/receiver.ts';
import { startWorld, type Answer, type Person, type TestWorld } from '../support/world.ts';

let world: BotWorld;
let receiver: Receiver;
let superAdmin: Person;
const at = (): string => `/servers/${world.serverId}/webhooks`;
/** The clock is stepped on past the end of every session: the features are asked themselves where that has happened. */
const hooks = () => world.test.world.webhooks;
const deliveries = (id: string) => hooks().deliveries(world.serverId, id);
/** What is due by the clock now is tried now. */
async function stepTo(ms: number): Promise<void> {
  world.clock.step(ms);
  hooks().wake();
}

beforeAll(async () => {
  [world, receiver] = await Promise.all([startBotWorld(), startReceiver()]);
  superAdmin = await world.test.person(900);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

describe('A webhook', () => {
  let id: string;
  let secret: string;

  it('is told the news of its server, signed so that the receiver can know (Standard Webhooks), its secret shown once and sealed', async () => {
    const made = await world.admin.post(at(), { url: receiver.url, kinds: ['disk'] });
    expect(made.status).toBe(201);
    ({ id, secret } = made.body);
    expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
    const listed = await world.admin.get(at());
    expect(listed.body.webhooks).toMatchObject([{ id, enabled: true, kinds: ['disk'], failingSince: null }]);
    expect(listed.text).not.toContain(secret);
    const row = await world.test.world.db.selectFrom('webhook').select('secret').executeTakeFirstOrThrow();
    expect(row.secret).toMatch(/^v1\.k1\./);

    await world.announce({ subject: 'inc_hook', facts: { path: '/hook <b>', percent: 91 } });
    await world.announce({ subject: 'inc_other', kind: 'memory' });
    const [one] = await until(
      () => receiver.received,
      (all) => all.length === 1,
    );
    expect(one && isGenuine(one, secret, world.clock.now())).toBe(true);
    expect(one && isGenuine({ ...one, body: `${one.body} ` }, secret, world.clock.now())).toBe(false);
    expect(one && isGenuine(one, secret, world.clock.now() + HOUR_MS)).toBe(false);
    expect(JSON.parse(one?.body ?? '')).toMatchObject({
      type: 'disk.opened',
      data: { subject: 'inc_hook', server: { name: 'ship' }, severity: 'warning', text: 'ship: Disk almost full. /hook <b> is 91 % full.' },
    });
    await until(
      () => deliveries(id),
      ([first]) => first?.state === 'delivered',
    );
    expect(await deliveries(id)).toMatchObject([{ type: 'disk.opened', attempts: 1, status: 200, error: null }]);
  });

  it('is told the same once, however often it is announced', async () => {
    const announced = { subject: 'inc_twice', at: world.clock.now() };
    await world.announce(announced);
    await world.announce(announced);
    await until(
      () => receiver.received,
      (all) => all.some(({ body }) => body.includes('inc_twice')),
    );
    await until(
      () => deliveries(id),
      (all) => all.every(({ state }) => state === 'delivered'),
    );
    expect(receiver.received.filter(({ body }) => body.includes('inc_twice'))).toHaveLength(1);
  });

  it('is tried again with the same id, later and later; a redirect is not followed (S28)', async () => {
    const before = receiver.received.length;
    receiver.answer({ status: 302, headers: { location: `http://127.0.0.1:${receiver.port}/elsewhere` } });
    receiver.answer({ status: 500 });
    receiver.answer({ status: 0, cut: true });
    await world.announce({ subject: 'inc_again' });
    for (const [times, wait] of [
      [1, 6_000],
      [2, 70_000],
      [3, 6 * 60_000],
      [4, 0],
    ] as const) {
      await until(
        () => receiver.received.length - before,
        (count) => count === times,
      );
      await until(
        () => deliveries(id),
        ([first]) => first?.attempts === times,
      );
      await stepTo(wait);
    }
    const tries = receiver.received.slice(before);
    expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(tries.map(({ path }) => path)).not.toContain('/elsewhere');
    expect((await deliveries(id))[0]).toMatchObject({ state: 'delivered', attempts: 4, error: null });
  });

  it('sends a test by a button, and says what came of it', async () => {
    const fresh = await world.signIn(102, 'Adam', 'en');
    const before = receiver.received.length;
    expect((await fresh.post(`${at()}/${id}/test`)).body).toMatchObject({ ok: true, status: 200, error: null });
    expect(receiver.received.slice(before).map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.test']);
    receiver.answer({ status: 418 });
    expect((await fresh.post(`${at()}/${id}/test`)).body).toMatchObject({ ok: false, status: 418, error: 'the receiver answered 418' });
  });

  it('gets a new secret with another host, and says nothing of its address in the audit log but the host', async () => {
    const admin = await world.signIn(102, 'Adam', 'en');
    const kept = await admin.put(`${at()}/${id}`, { kinds: [] });
    expect(kept.body).toMatchObject({ kinds: [] });
    expect(kept.body.secret).toBeUndefined();
    const moved = await admin.put(`${at()}/${id}`, { url: receiver.url.replace('127.0.0.1', 'localhost') });
    expect(moved.body.secret).toMatch(/^whsec_/);
    expect(moved.body.secret).not.toBe(secret);
    await admin.put(`${at()}/${id}`, { url: receiver.url });
    const rows = await world.test.world.db.selectFrom('audit').selectAll().where('action', 'like', 'webhook.%').execute();
    expect(rows.length).toBeGreaterThan(4);
    expect(JSON.stringify(rows)).not.toMatch(/canary-path-secret|whsec_/);
    expect(JSON.stringify(rows)).toContain(`127.0.0.1:${receiver.port}`);
  });

  it('is switched off after days of failure, and whoever made it is told; switched on, it works again', async () => {
    receiver.answer({ status: 503 }, 40);
    for (let day = 0; day < 5; day++) {
      await world.announce({ subject: `inc_day_${day}`, at: world.clock.now() });
      await until(
        () => deliveries(id),
        ([first]) => first !== undefined && (first.attempts > 0 || first.state === 'failed'),
      );
      await stepTo(DAY_MS);
      await until(
        () => deliveries(id),
        (all) => all.every(({ dueAt }) => dueAt === null || Date.parse(dueAt) > world.clock.now()),
      );
    }
    expect(await hooks().read(world.serverId, id)).toMatchObject({ enabled: false, disabledWhy: 'the receiver answered 503' });
    await until(
      () => world.api.chat(102),
      (chat) => chat.some(({ text }) => text.includes('Webhook switched off')),
    );
    const health = (await (await world.test.person(900)).get('/admin/health/detailed')).body.checks;
    expect(health.find(({ key }: { key: string }) => key === 'webhooks')).toMatchObject({ status: 'warn', values: { switchedOff: 1 } });
    const failed = receiver.received.length;
    await world.announce({ subject: 'inc_off' });
    await hooks().change(world.serverId, id, { enabled: true }, '102');
    // What is left of the refusals.
    await until(
      () => hooks().test(world.serverId, id, AbortSignal.timeout(5_000)),
      ({ ok }) => ok,
    );
    await world.announce({ subject: 'inc_on' });
    await until(
      () => receiver.received,
      (all) => all.some(({ body }) => body.includes('inc_on')),
    );
    expect(receiver.received.slice(failed).some(({ body }) => body.includes('inc_off'))).toBe(false);
  });

  it('is switched off when whoever made it may not see the server any more (S18)', async () => {
    const { members } = world.test.world;
    await members.revoke(world.serverId, '102');
    const before = receiver.received.length;
    await world.announce({ subject: 'inc_lost' });
    await until(
      () => hooks().read(world.serverId, id),
      ({ enabled }) => !enabled,
    );
    expect(receiver.received).toHaveLength(before);
  });

  it('of the installation is the super-admins’ alone, and says of a server no more than they may see there (S18, S24)', async () => {
    superAdmin = await world.test.person(900);
    const owner = await world.test.person(101, 'Olga');
    const { members } = world.test.world;
    expect((await owner.post('/admin/webhooks', { url: receiver.url })).status).toBe(403);
    const made = await superAdmin.post('/admin/webhooks', { url: receiver.url });
    const told = async (subject: string) => {
      await world.announce({ subject, facts: { path: '/canary-path', percent: 91 } });
      const all = await until(
        () => receiver.received.filter(({ body }) => body.includes(subject)),
        ({ length }) => length === 1,
      );
      return JSON.parse(all[0]?.body ?? '');
    };
    const bare = await told('inc_foreign');
    expect(bare).toEqual({
      type: 'disk.opened',
      timestamp: expect.any(String),
      data: { subject: 'inc_foreign', kind: 'disk', severity: 'warning', phase: 'opened', server: { id: world.serverId } },
    });
    // A viewer is not told of disks; an admin is.
    await world.test.grant(world.serverId, '900', 'viewer');
    expect((await told('inc_viewer')).data.facts).toBeUndefined();
    await members.change(world.serverId, '101', '900', { role: 'admin' });
    expect((await told('inc_member')).data).toMatchObject({ server: { name: 'ship' }, facts: { path: '/canary-path' } });
    // What was stored while they might is brought after they may not.
    receiver.answer({ status: 500 });
    await world.announce({ subject: 'inc_late' });
    const found = () => hooks().deliveries(null, made.body.id);
    await until(found, ([first]) => first?.status === 500);
    await members.revoke(world.serverId, '900');
    const before = receiver.received.length;
    await stepTo(10_000);
    await until(found, ([first]) => first?.state === 'delivered');
    expect(receiver.received.slice(before).map(({ body }) => JSON.parse(body).data.facts)).toEqual([undefined]);
    expect((await owner.get(`${at()}/${made.body.id}/deliveries`)).status).toBe(404);
    expect((await superAdmin.remove(`/admin/webhooks/${made.body.id}`)).status).toBe(204);
    expect((await superAdmin.get('/admin/webhooks')).body.webhooks).toEqual([]);
  });

  it('keeps a bounded log of what it was told', async () => {
    const { id: many } = await hooks().add(world.serverId, { url: receiver.url, kinds: [] }, '101');
    const old = {
      webhook_id: many,
      type: 'disk.opened',
      body: '{}',
      state: 'delivered' as const,
      due_at: 0,
      status: 200,
      error: null,
      took_ms: 1,
      tried_at: 1,
    };
    const rows = Array.from({ length: 230 }, (_, one) => ({ ...old, id: `msg_${one}`, key: String(one), created_at: one }));
    await world.test.world.db.insertInto('webhook_delivery').values(rows).execute();
    await world.announce({ subject: 'inc_many' });
    const count = async () =>
      Number(
        (
          await world.test.world.db
            .selectFrom('webhook_delivery')
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .where('webhook_id', '=', many)
            .executeTakeFirstOrThrow()
        ).count,
      );
    await until(count, (found) => found <= 200);
    expect(await deliveries(many)).toHaveLength(100);
    await hooks().remove(world.serverId, many);
  });
});

describe('The address of a webhook (S28)', () => {
  it.each([
    ['not encrypted', 'http://hooks.example.test/x', 'false'],
    ['loopback', 'https://127.0.0.1/x', 'false'],
    ['loopback by another spelling', 'https://0x7f.1/x', 'false'],
    ['loopback as IPv6', 'https://[::ffff:127.0.0.1]/x', 'false'],
    ['a name of this machine', 'https://localhost/x', 'false'],
    ['a private network', 'https://10.0.0.7/x', 'false'],
    ['metadata, also where private addresses are allowed', 'http://169.254.169.254/latest', 'true'],
    ['with a user name', 'https://me:secret@hooks.example.test/x', 'true'],
  ])('is refused when it is %s', async (_what, url, ALLOW_PRIVATE_HOSTS) => {
    await using test = await startWorld({ env: { ALLOW_PRIVATE_HOSTS } });
    const refused = await (await withServer(test)).post({ url });
    expect(refused.status).toBe(400);
    expect(refused.body.code).toBe('webhook.url_refused');
  });

  it('is checked where it is really dialled: a name that leads to loopback later is told nothing', async () => {
    await using test = await startWorld({
      env: { ALLOW_PRIVATE_HOSTS: '192.0.2.0/24' },
      overrides: { resolve: async () => ['127.0.0.1'] },
    });
    const { post, owner, path } = await withServer(test);
    const made = await post({ url: `http://hooks.example.test:${receiver.port}/x` });
    const before = receiver.received.length;
    const { body } = await owner.post(`${path}/${made.body.id}/test`);
    expect(body).toMatchObject({ ok: false, status: null, error: expect.stringContaining('does not connect to') });
    expect(receiver.received).toHaveLength(before);
  });

  it('is given up while its name is still being looked for', async () => {
    const over = new AbortController();
    const dial = createDialer({ privateHosts: 'all', ownPorts: () => [], resolve: () => new Promise(() => {}) });
    const asked = createWebhookPost({ dial })({ url: 'https://hooks.example.test/', headers: {}, body: '{}', signal: over.signal });
    over.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });

  it('is over at once when the receiver answers with a change of protocol, or ends without a word', async () => {
    for (const answer of ['HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', '']) {
      const odd = createTcpServer((socket) => socket.once('data', () => (answer ? socket.write(answer) : socket.end())));
      await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
      const post = createWebhookPost({ dial: createDialer({ privateHosts: 'all', ownPorts: () => [], trialPort: () => undefined }) });
      const url = `http://127.0.0.1:${(odd.address() as AddressInfo).port}/`;
      expect(await post({ url, headers: {}, body: '{}', signal: AbortSignal.timeout(10_000) })).toMatchObject({
        status: undefined,
        error: expect.stringMatching(/not HTTP|connection/),
      });
      odd.close();
    }
  });

  it('over TLS is who it says: a certificate of nobody’s is refused, one of its name or address is taken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clawmoor-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        '/CN=hooks.example.test',
        '-addext',
        'subjectAltName=DNS:hooks.example.test,IP:127.0.0.1',
      ],
      { stdio: 'ignore' },
    );
    const heard: string[] = [];
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      heard.push(`${request.headers.host}${request.url}`);
      request.resume();
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    const dial = createDialer({ privateHosts: 'all', ownPorts: () => [], resolve: async () => ['127.0.0.1'] });
    const ask = (ca: string | undefined, name: string) =>
      createWebhookPost({ dial, ca })({
        url: `https://${name}:${port}/in?x=1`,
        headers: {},
        body: '{}',
        signal: AbortSignal.timeout(5_000),
      });
    const ca = readFileSync(cert, 'utf8');
    expect(await ask(ca, 'hooks.example.test')).toMatchObject({ status: 204, error: undefined });
    expect(heard).toEqual([`hooks.example.test:${port}/in?x=1`]);
    expect((await ask(undefined, 'hooks.example.test')).error).toMatch(/SELF_SIGNED/);
    expect((await ask(ca, 'other.example.test')).error).toMatch(/ALTNAME/);
    expect(heard).toHaveLength(1);
    expect(await ask(ca, '127.0.0.1')).toMatchObject({ status: 204, error: undefined });
    expect((await ask(ca, '127.0.0.2')).error).toMatch(/ALTNAME/);
    server.close();
    rmSync(folder, { recursive: true });
  });
});

async function withServer(test: TestWorld): Promise<{ owner: Person; path: string; post: (body: object) => Promise<Answer> }> {
  const owner = await test.person(101);
  const server = { name: 'ship', host: 'ship.example.test', port: 22, username: 'root', authMethod: 'password', password: 'x' };
  const path = `/servers/${(await owner.post('/servers', server)).body.id}/webhooks`;
  return { owner, path, post: (body) => owner.post(path, body) };
}
