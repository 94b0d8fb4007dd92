import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openSocket, type GatewaySocket } from '../../backend/src/adapters/openclaw/socket.ts';
import { wireProblem } from '../../backend/src/adapters/openclaw/gateway.problems.ts';
import { isNewerThanTested, TESTED_UP_TO } from '../../backend/src/adapters/openclaw/tested.ts';
import { challenge, HELLO, startFakeGateway, type FakeGateway } from '../support/fake-gateway.ts';

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

async function fake(options: Parameters<typeof startFakeGateway>[0] = {}): Promise<FakeGateway> {
  const gateway = await startFakeGateway(options);
  cleanUp.push(() => gateway[Symbol.asyncDispose]());
  return gateway;
}

async function open(port: number, { token = 'secret', signal }: { token?: string; signal?: AbortSignal } = {}): Promise<GatewaySocket> {
  const stream = connect({ port, host: '127.0.0.1' });
  cleanUp.push(() => void stream.destroy());
  const socket = await openSocket({ stream, port, token, scopes: ['operator.read'], signal });
  cleanUp.push(() => socket.close());
  return socket;
}

/** A port where anything but a gateway listens. */
async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => (socket.on('error', () => {}), onSocket(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('How we introduce ourselves to a gateway', () => {
  it('says token, scopes and protocol 4, without a device, an Origin or a header of a proxy', async () => {
    const gateway = await fake({ token: 'secret' });
    const socket = await open(gateway.port);
    expect(socket.hello.server.bootId).toBe('boot-1');
    expect(gateway.frames[0]).toMatchObject({
      method: 'connect',
      params: { minProtocol: 4, maxProtocol: 4, role: 'operator', scopes: ['operator.read'], auth: { token: 'secret' } },
    });
    expect(gateway.frames[0]?.params).toMatchObject({ client: { id: 'gateway-client', mode: 'backend' } });
    expect(gateway.frames[0]?.params).not.toHaveProperty('device');
    const headers = Object.keys(gateway.headers[0] ?? {});
    expect(headers.filter((name) => /origin|forwarded|real-ip|extensions/.test(name))).toEqual([]);
  });

  it('waits for the challenge before it says anything', async () => {
    const gateway = await fake({ onOpen: (socket) => void setTimeout(() => challenge(socket), 150) });
    const opening = open(gateway.port);
    await delay(75);
    expect(gateway.frames).toEqual([]);
    await opening;
    expect(gateway.frames).toHaveLength(1);
  });
});

describe('Calls on one socket', () => {
  it('get their own answer, in whatever order the answers come', async () => {
    const held: (() => void)[] = [];
    const gateway = await fake({
      onFrame: (method, socket, id) => void held.push(() => socket.send(JSON.stringify({ type: 'res', id, ok: true, payload: method }))),
    });
    const socket = await open(gateway.port);
    const all = Promise.all(['one', 'two', 'three'].map((method) => socket.request(method)));
    while (held.length < 3) await delay(5);
    for (const answer of held.toReversed()) answer();
    expect(await all).toEqual(['one', 'two', 'three']);
  });

  it('end by their limit or their caller, and a late answer is dropped', async () => {
    const gateway = await fake({
      onFrame: (method, socket, id) => {
        if (method === 'quick') return { ok: true, payload: 1 };
        setTimeout(() => socket.send(JSON.stringify({ type: 'res', id, ok: true, payload: 'late' })), 120);
        return undefined;
      },
    });
    const socket = await open(gateway.port);
    await expect(socket.request('slow', {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'gateway.timeout' });
    await expect(socket.request('slow', {}, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(socket.waiting()).toBe(0);
    await delay(100);
    expect(await socket.request('quick')).toBe(1);
  });

  it('all end at once when the gateway goes away, and the next is told the same', async () => {
    const gateway = await fake({ onFrame: () => undefined });
    const socket = await open(gateway.port);
    const calls = [socket.request('a'), socket.request('b')];
    const ends = Promise.all(calls.map((call) => call.catch((error: { code: string }) => error.code)));
    await delay(30);
    for (const one of gateway.sockets) one.close(1012, 'service restart');
    expect(await ends).toEqual(['gateway.down', 'gateway.down']);
    await expect(socket.request('c')).rejects.toMatchObject({ code: 'gateway.down' });
    expect(socket.gone.aborted).toBe(true);
  });

  it('are limited in number: the 501st is refused at once', async () => {
    const gateway = await fake({ onFrame: () => undefined });
    const socket = await open(gateway.port);
    for (let at = 0; at < 500; at++) socket.request('held').catch(() => {});
    await expect(socket.request('one too many')).rejects.toMatchObject({ code: 'gateway.busy' });
  });
});

describe('A gateway that cannot be trusted (S33)', () => {
  const say = (text: string | Buffer) => (socket: { send: (data: string | Buffer) => void }) => socket.send(text);

  it.each([
    ['garbage', 'not json at all \u0000\u001b[31m'],
    ['an answer of wrong types', '{"type":"res","id":7,"ok":"yes"}'],
    ['an array', '[[]]'],
    ['null', 'null'],
    ['100,000 nested arrays', '['.repeat(100_000)],
    ['an event without a name', '{"type":"event","event":{"a":1}}'],
  ])('is left at once when it says %s', async (_what, text) => {
    const gateway = await fake({ onOpen: say(text) });
    await expect(open(gateway.port)).rejects.toMatchObject({ code: 'gateway.bad_answer' });
  });

  it('is left when its greeting is none, and when it speaks another protocol', async () => {
    const odd = await fake({ hello: { protocol: 4, server: { version: 'x'.repeat(10_000) } } });
    await expect(open(odd.port)).rejects.toMatchObject({ code: 'gateway.bad_answer' });
    const newer = await fake({ hello: { ...HELLO, protocol: 5 } });
    await expect(open(newer.port)).rejects.toMatchObject({ code: 'gateway.incompatible' });
  });

  it('fills no memory: a frame of 100 MB ends the socket before it is read', async () => {
    // Only the header of such a frame: 0x82 is a whole binary frame, 127 says that eight bytes of length follow.
    const header = Buffer.from([0x82, 127, 0, 0, 0, 0, 0x06, 0x40, 0, 0]);
    const gateway = await fake({
      onFrame: (_method, socket) => void (socket as unknown as { _socket: Socket })._socket.write(header),
    });
    const socket = await open(gateway.port);
    await expect(socket.request('anything')).rejects.toMatchObject({ code: 'gateway.bad_answer' });
    expect(socket.gone.aborted).toBe(true);
  });

  it('may send kinds of frames that we do not know, and thousands of events', async () => {
    const gateway = await fake({
      onOpen: (socket) => {
        socket.send('{"type":"notice","of":"a newer version"}');
        challenge(socket);
        challenge(socket);
        for (let at = 0; at < 5_000; at++) socket.send(`{"type":"event","event":"tick","payload":{"ts":${at}}}`);
      },
    });
    const socket = await open(gateway.port);
    expect(await socket.request('health')).toEqual({});
    expect(gateway.frames.filter(({ method }) => method === 'connect')).toHaveLength(1);
  });

  it('that is silent for more than two ticks is dead', async () => {
    const gateway = await fake({ hello: { ...HELLO, policy: { tickIntervalMs: 1_000 } }, onFrame: () => undefined });
    const socket = await open(gateway.port);
    const startedAt = performance.now();
    await expect(socket.request('status')).rejects.toMatchObject({ code: 'gateway.down' });
    const seconds = (performance.now() - startedAt) / 1_000;
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(4);
  });

  it('and what is no gateway at all is said to be none', async () => {
    const web = await listen((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'));
    await expect(open(web)).rejects.toMatchObject({ code: 'gateway.bad_answer' });
    const noise = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await expect(open(noise)).rejects.toMatchObject({ code: 'gateway.bad_answer' });
    const closing = await listen((socket) => socket.destroy());
    await expect(open(closing)).rejects.toMatchObject({ code: 'gateway.down' });
  });

  it('can be left while it keeps us waiting', async () => {
    const silent = await listen(() => {});
    await expect(open(silent, { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({ name: 'TimeoutError' });
    const mute = await fake({ onOpen: () => {} });
    await expect(open(mute.port, { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(open(mute.port, { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow('left');
  });
});

describe("The gateway's errors in our words", () => {
  it.each([
    [{ code: 'INVALID_REQUEST', message: 'unauthorized', details: { code: 'AUTH_TOKEN_MISMATCH' } }, 'gateway.token_mismatch'],
    [{ code: 'NOT_PAIRED', message: 'device identity required', details: { code: 'DEVICE_IDENTITY_REQUIRED' } }, 'gateway.token_mismatch'],
    [{ code: 'INVALID_REQUEST', message: 'protocol mismatch', details: { code: 'PROTOCOL_MISMATCH' } }, 'gateway.incompatible'],
    [{ code: 'INVALID_REQUEST', message: 'unknown method: a.b' }, 'gateway.method_unknown'],
    [{ code: 'FORBIDDEN', message: 'missing scope: operator.admin', details: { code: 'MISSING_SCOPE' } }, 'gateway.scope_missing'],
    [{ code: 'UNAVAILABLE', message: 'startup-sidecars', retryAfterMs: 1_500 }, 'gateway.busy'],
    [{ code: 'INVALID_REQUEST', message: 'at /limit: must be integer' }, 'gateway.refused'],
    [{}, 'gateway.refused'],
  ])('%j is %s, with a way out', (error, code) => {
    const problem = wireProblem(error, 'a.b');
    expect(problem.code).toBe(code);
    expect(problem.fix).toMatch(/\w+ .*\.$/);
  });

  it('passes on when to come back, in whole seconds and never more than ten minutes', () => {
    expect(wireProblem({ code: 'UNAVAILABLE', retryAfterMs: 1_500 }, 'a').retryAfter).toBe(2);
    expect(wireProblem({ code: 'UNAVAILABLE', retryAfterMs: 1e300 }, 'a').retryAfter).toBe(600);
    expect(wireProblem({ code: 'UNAVAILABLE', retryAfterMs: -4 }, 'a').retryAfter).toBe(0);
  });

  it('says no more than 300 characters of what a gateway says', () => {
    expect(wireProblem({ message: 'x'.repeat(1e6) }, 'a').message.length).toBeLessThan(400);
  });
});

describe('A version newer than the tested one', () => {
  it.each([
    [TESTED_UP_TO, false],
    ['2026.9.5', false],
    ['2025.12.31', false],
    ['2026.9.10', true],
    ['2026.10.1', true],
    ['2027.1.0-beta.2', true],
    ['nonsense', false],
  ])('%s: %s', (version, newer) => expect(isNewerThanTested(version)).toBe(newer));
});
