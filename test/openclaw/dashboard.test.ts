import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { describeIf } from '../support/needs.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { addServer } from '../support/gateway-world.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const TOKEN = 'canary-gateway-token-5511';
const ORIGIN = 'http://*.localhost:7777';

interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

describeIf(SSHD !== undefined, 'it needs sshd')('The dashboards of gateways', () => {
  let test: TestWorld;
  let sshd: TestSshd;
  let gateway: Server;
  let sockets: WebSocketServer;
  let owner: Person;
  let admin: Person;
  let viewer: Person;
  let [one, two] = ['', ''];
  const heard: { url: string; method: string; headers: IncomingHttpHeaders; body: string }[] = [];
  /** What the browsers' sockets were told. */
  const said: string[] = [];
  const frames: { method?: string; params?: Record<string, unknown> }[] = [];

  beforeAll(async () => {
    gateway = createServer(
      (incoming, outgoing) =>
        void answerAsGateway(incoming).then((body) => {
          heard.push({ url: incoming.url ?? '', method: incoming.method ?? '', headers: incoming.headers, body });
          if (incoming.url === '/away') return void outgoing.writeHead(302, { Location: 'https://evil.example/' }).end();
          outgoing.writeHead(200, {
            'Content-Type': 'text/html',
            'Content-Security-Policy': "default-src 'self'",
            'Set-Cookie': 'steal=1; Domain=localhost',
            'Access-Control-Allow-Origin': '*',
            'Clear-Site-Data': '"*"',
          });
          outgoing.end(`<p>the page of ${incoming.url}</p>`);
        }),
    );
    sockets = new WebSocketServer({ server: gateway, perMessageDeflate: false });
    sockets.on('connection', (socket, incoming) => {
      heard.push({ url: incoming.url ?? '', method: 'WS', headers: incoming.headers, body: '' });
      socket.send('{"type":"event","event":"connect.challenge","payload":{}}');
      socket.on('message', (data, isBinary) => {
        if (isBinary) return socket.send(data, { binary: true });
        const frame = JSON.parse(String(data));
        frames.push(frame);
        socket.send(JSON.stringify({ type: 'res', id: frame.id, ok: true, payload: { echo: frame.method } }));
      });
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    const { port } = gateway.address() as AddressInfo;
    [sshd, test] = await Promise.all([startSshd(), startWorld({ env: { DASHBOARD_ORIGIN: ORIGIN } })]);
    await mkdir(join(sshd.home, '.openclaw'), { recursive: true });
    await writeFile(join(sshd.home, '.openclaw/openclaw.json'), JSON.stringify({ gateway: { port, auth: { token: TOKEN } } }));
    [owner, admin, viewer] = (await Promise.all([1, 2, 3].map((id) => test.person(id)))) as [Person, Person, Person];
    one = await addServer(owner, sshd);
    two = await addServer(owner, sshd);
    await test.grant(one, admin.id, 'admin');
    await test.grant(one, viewer.id, 'viewer');
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    for (const socket of sockets.clients) socket.terminate();
    gateway.closeAllConnections();
    await new Promise((resolve) => gateway.close(resolve));
    await sshd[Symbol.asyncDispose]();
  });

  const listening = (): number => Number(new URL(test.url).port);

  function ask(
    address: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answered> {
    const { host, pathname, search } = new URL(address);
    return new Promise((resolve, reject) => {
      const asking = request(
        { host: '127.0.0.1', port: listening(), method, path: pathname + search, headers: { host, ...headers } },
        (answer) => {
          let text = '';
          answer
            .on('data', (chunk: Buffer) => (text += chunk))
            .on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        },
      );
      asking.on('error', reject).end(body);
    });
  }

  async function enter(person: Person, serverId = one): Promise<{ origin: string; cookie: string; url: string; answer: Answered }> {
    const { url } = (await person.get(`/servers/${serverId}/openclaw/dashboard-url`)).body;
    const answer = await ask(url);
    return { url, origin: new URL(url).origin, answer, cookie: String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '' };
  }

  function dial(address: string, headers: Record<string, string>): Promise<WebSocket | number> {
    const { host, pathname } = new URL(address);
    const socket = new WebSocket(`ws://127.0.0.1:${listening()}${pathname}`, { headers: { host, ...headers } });
    socket.on('message', (data) => socket.emit('said', said.push(String(data))));
    return new Promise((resolve) => {
      socket.once('open', () => resolve(socket));
      socket.once('unexpected-response', (_request: unknown, answer: IncomingMessage) => resolve(answer.statusCode ?? 0));
      socket.on('error', () => {});
    });
  }

  it('gives a link to admins, which is good for a minute', async () => {
    const { status, body } = await admin.get(`/servers/${one}/openclaw/dashboard-url`);
    expect(status).toBe(200);
    expect(Date.parse(body.expiresAt) - Date.now()).toBeLessThanOrEqual(60_000);
    expect((await viewer.get(`/servers/${one}/openclaw/dashboard-url`)).status).toBe(403);
    expect((await admin.get(`/servers/${two}/openclaw/dashboard-url`)).status).toBe(404);
  });

  it('takes the ticket out of the address, once, and leaves a cookie that no script can read', async () => {
    const { answer, url } = await enter(admin);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/#token=clawmoor');
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^clawmoor-dashboard=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(answer.headers['clear-site-data']).toBeUndefined();
    const again = await ask(url);
    expect([again.status, again.headers['set-cookie']]).toEqual([410, undefined]);
    expect((await ask(`${new URL(url).origin}/clawmoor/enter?ticket=x`)).status).toBe(410);
    const elsewhere = (await owner.get(`/servers/${one}/openclaw/dashboard-url`)).body.url;
    const other = new URL((await owner.get(`/servers/${two}/openclaw/dashboard-url`)).body.url).origin;
    expect((await ask(elsewhere.replace(new URL(elsewhere).origin, other))).status).toBe(410);
  });

  it('carries the page with the token, and nothing that is the browser’s or a proxy’s', async () => {
    const { origin, cookie } = await enter(admin);
    heard.length = 0;
    const { status, text, headers } = await ask(`${origin}/chat?x=1`, {
      headers: {
        cookie: `${cookie}; other=1`,
        'x-forwarded-for': '1.2.3.4',
        forwarded: 'for=1',
        origin,
        referer: origin,
        authorization: 'Bearer clawmoor',
        accept: 'text/html',
      },
    });
    expect([status, text]).toEqual([200, '<p>the page of /chat?x=1</p>']);
    expect(heard[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: 'text/html',
      host: expect.stringMatching(/^127\.0\.0\.1:/),
    });
    expect(Object.keys(heard[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']));
    for (const name of ['cookie', 'origin', 'referer', 'x-forwarded-for', 'forwarded']) expect(heard[0]?.headers).not.toHaveProperty(name);
    for (const name of ['set-cookie', 'clear-site-data', 'access-control-allow-origin']) expect(headers).not.toHaveProperty(name);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'self', frame-ancestors 'self'",
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    });
    expect((await ask(`${origin}/away`, { headers: { cookie } })).headers.location).toBeUndefined();
  });

  it('is nobody’s without the cookie, nor with that of another gateway, nor from another page', async () => {
    const [mine, other] = await Promise.all([enter(owner), enter(owner, two)]);
    heard.length = 0;
    expect((await ask(`${mine.origin}/`)).status).toBe(401);
    expect((await ask(`${mine.origin}/`, { headers: { cookie: other.cookie } })).status).toBe(401);
    const post = { method: 'POST', body: '{}', headers: { cookie: mine.cookie, 'content-type': 'application/json' } };
    expect((await ask(`${mine.origin}/tools/invoke`, post)).status).toBe(401);
    expect(
      (await ask(`${mine.origin}/tools/invoke`, { ...post, headers: { ...post.headers, origin: 'https://evil.example' } })).status,
    ).toBe(401);
    expect(await dial(`${mine.origin}/`, { cookie: mine.cookie, origin: other.origin })).toBe(401);
    expect(await dial(`${mine.origin}/`, { origin: mine.origin })).toBe(401);
    expect(await dial(test.url, {})).toBe(404);
    expect(heard).toEqual([]);
    const own = await ask(`${mine.origin}/tools/invoke`, { ...post, headers: { ...post.headers, origin: mine.origin } });
    expect([own.status, heard[0]?.body]).toEqual([200, '{}']);
    expect(
      (
        await ask(`${mine.origin}/x`, {
          ...post,
          headers: { ...post.headers, origin: mine.origin, 'content-length': String(64 * 1024 * 1024) },
        }).catch(() => ({ status: 413 }))
      ).status,
    ).toBe(413);
  });

  it('greets the gateway in our name, with the token, whatever the page says of itself', async () => {
    const { origin, cookie } = await enter(admin);
    for (const list of [frames, heard, said]) list.length = 0;
    const socket = (await dial(`${origin}/`, { origin, cookie })) as WebSocket;
    const whole = new Promise<void>((resolve) => socket.on('said', (count: number) => count === 4 && resolve()));
    const page = {
      client: { id: 'openclaw-control-ui' },
      device: { id: 'x' },
      auth: { token: 'clawmoor' },
      caps: ['tool-events'],
      scopes: [],
    };
    socket.send(JSON.stringify({ type: 'req', id: 'a', method: 'connect', params: page }));
    socket.send(JSON.stringify({ type: 'req', id: 'b', method: 'connect', params: { auth: { token: 'mine' } } }));
    socket.send(Buffer.from([1, 2, 3]));
    await whole;
    expect(frames[0]?.params).toMatchObject({
      client: { id: 'gateway-client', mode: 'backend' },
      auth: { token: TOKEN },
      scopes: ['operator.admin'],
    });
    expect(frames[0]?.params).not.toHaveProperty('device');
    expect(frames[1]?.params).toEqual({ auth: { token: 'mine' } });
    expect(said.join('\n')).not.toContain(TOKEN);
    for (const name of ['cookie', 'origin', 'x-forwarded-for']) expect(heard[0]?.headers).not.toHaveProperty(name);
    socket.close();
  });

  it('ends within 5 s when the session ends, its open socket too; nothing of it is logged (S19)', async () => {
    const { origin, cookie, url } = await enter(admin);
    const socket = (await dial(`${origin}/`, { origin, cookie })) as WebSocket;
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const endedAt = performance.now();
    await admin.post('/auth/sign-out');
    expect(await closed).toBe(4001);
    expect(performance.now() - endedAt).toBeLessThan(5_000);
    expect((await ask(`${origin}/`, { headers: { cookie } })).status).toBe(401);
    for (const secret of [TOKEN, cookie.split('=')[1] ?? '', new URL(url).searchParams.get('ticket') ?? ''])
      expect(test.logged()).not.toContain(secret);
  });

  it('has no link to give where there is no address for it', async () => {
    await using bare = await startWorld();
    const person = await bare.person(1);
    const { id } = (
      await person.post('/servers', { name: 'x', host: '127.0.0.1', port: 9, username: 'x', authMethod: 'password', password: 'x' })
    ).body;
    const { status, body } = await person.get(`/servers/${id}/openclaw/dashboard-url`);
    expect([status, body.code]).toEqual([409, 'dashboard.no_origin']);
    expect(body.fix).toContain('DASHBOARD_ORIGIN');
  });
});

async function answerAsGateway(incoming: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  return body;
}
