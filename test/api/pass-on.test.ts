import { createSecretKey, randomBytes } from 'node:crypto';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createPassOn } from '../../backend/src/http/pass-on.ts';
import { createPeerMarks, PEER_HEADER } from '../../backend/src/http/peer.ts';

const marks = createPeerMarks(createSecretKey(randomBytes(32)));
const opened: Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.closeAllConnections();
});

async function listening(server: Server): Promise<string> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function standbyOf(findWorker: () => Promise<string | undefined>): Promise<string> {
  const { request: pass, upgrade } = createPassOn({ findWorker, marks, ipOf: () => '203.0.113.7' });
  return listening(createServer(pass).on('upgrade', upgrade));
}

const workerThat = (answer: RequestListener): Promise<string> => listening(createServer(answer));

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}

describe('A process that stands by', () => {
  it('passes method, path, body and headers on, with the signed address of the client, and the answer back', async () => {
    const worker = await workerThat(async (asked, response) => {
      const ip = marks.read(String(asked.headers[PEER_HEADER]));
      response.writeHead(201, { 'x-own': 'yes', 'set-cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify([asked.method, asked.url, await textOf(asked), asked.headers['authorization'], asked.headers.host, ip]));
    });
    const standby = await standbyOf(async () => worker);
    const answer = await fetch(`${standby}/api/x?y=1`, { method: 'PUT', body: 'the body', headers: { authorization: 'Bearer t' } });
    expect([answer.status, answer.headers.get('x-own'), answer.headers.getSetCookie()]).toEqual([201, 'yes', ['a=1', 'b=2']]);
    expect(await answer.json()).toEqual(['PUT', '/api/x?y=1', 'the body', 'Bearer t', standby.slice(7), '203.0.113.7']);
  });

  it('shows a feed as it comes, and its end in the middle as one that was cut off', async () => {
    let cut = (): void => {};
    const worker = await workerThat((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('id: 1\n\n');
      cut = () => response.destroy();
    });
    const standby = await standbyOf(async () => worker);
    const answer = await fetch(standby);
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('id: 1\n\n');
    cut();
    await expect(reader?.read()).rejects.toThrow();
  });

  it('sends a question again to whoever works next, and waits for them', async () => {
    const dying = await workerThat((asked) => void asked.socket.destroy());
    const next = await workerThat((_asked, response) => void response.end('from the next'));
    const known = [dying, undefined, undefined, next];
    const standby = await standbyOf(async () => known.shift());
    expect(await (await fetch(standby)).text()).toBe('from the next');
  });

  it('answers by itself what still waits when it takes over, changes with their bodies as well', async () => {
    let asked = 0;
    const { request: pass, answerHere } = createPassOn({
      findWorker: async () => {
        asked += 1;
        throw new Error('the database is closed to those who wait');
      },
      marks,
      ipOf: () => '203.0.113.7',
    });
    const standby = await listening(createServer(pass));
    const waiting = [fetch(standby), fetch(standby, { method: 'POST', body: 'the body' })];
    await expect.poll(() => asked).toBeGreaterThan(3);
    answerHere({
      request: async (request, response) => void response.end(`here: ${request.method} ${await textOf(request)}`),
      upgrade: (_request, socket) => void socket.destroy(),
    });
    const answers = await Promise.all(waiting.map(async (answer) => (await answer).text()));
    expect(answers).toEqual(['here: GET ', 'here: POST the body']);
  });

  it('never sends a change twice: the client hears that nobody knows', async () => {
    let arrived = 0;
    const dying = await workerThat((asked) => {
      arrived += 1;
      asked.socket.destroy();
    });
    const standby = await standbyOf(async () => dying);
    const answer = await fetch(standby, { method: 'POST', body: 'once' });
    expect([answer.status, ((await answer.json()) as { code: string }).code, arrived]).toEqual([503, 'internal.busy', 1]);
  });

  it('does send a change that never left', async () => {
    const gone = await workerThat(() => {});
    opened.pop()?.close();
    const next = await workerThat(async (asked, response) => void response.end(await textOf(asked)));
    const known = [gone, next];
    const standby = await standbyOf(async () => known.shift());
    expect(await (await fetch(standby, { method: 'POST', body: 'whole' })).text()).toBe('whole');
  });

  it('is not asked in a circle by another that stands by', async () => {
    const other = await standbyOf(async () => 'http://127.0.0.1:9');
    const worker = await workerThat((_asked, response) => void response.end('works'));
    const known = [other, worker];
    const standby = await standbyOf(async () => known.shift());
    expect(await (await fetch(standby)).text()).toBe('works');
  });

  it('opens sockets through itself', async () => {
    const worker = createServer().on('upgrade', (_asked, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    const place = await listening(worker);
    const standby = await standbyOf(async () => place);
    const said = await new Promise<string>((resolve, reject) => {
      const asked = request(standby, { headers: { connection: 'Upgrade', upgrade: 'echo' } });
      asked.once('error', reject).once('upgrade', (_answer, socket) => {
        socket.once('data', (chunk: Buffer) => {
          socket.destroy();
          resolve(String(chunk));
        });
        socket.write('hello');
      });
      asked.end();
    });
    expect(said).toBe('hello');
  });
});

describe('The mark of a peer', () => {
  it('is believed for a minute, from who has our key, and word for word', () => {
    let now = 1_000_000;
    const key = createSecretKey(randomBytes(32));
    const ours = createPeerMarks(key, () => now);
    const mark = ours.sign('2001:db8::7');
    expect(ours.read(mark)).toBe('2001:db8::7');
    expect(createPeerMarks(createSecretKey(randomBytes(32)), () => now).read(mark)).toBeUndefined();
    expect(ours.read(mark.replace('2001:db8::7', '2001:db8::8'))).toBeUndefined();
    for (const nonsense of ['', 'x', `${now} 1.2.3.4`, `${now} 1.2.3.4 ${'A'.repeat(43)}`, mark.slice(1)])
      expect(ours.read(nonsense)).toBeUndefined();
    now += 61_000;
    expect(ours.read(mark)).toBeUndefined();
  });
});
