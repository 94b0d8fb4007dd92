import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** What it was answered. */
  status: number;
}

export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** What the next requests are answered with; 200 afterwards. */
  answer: (reply: { status: number; headers?: Record<string, string>; cut?: boolean }, times?: number) => void;
  /** What a delivery with this `webhook-id` is answered where nothing else is said; `undefined`: 200. */
  weather: (pick: (id: string) => { status: number; cut?: boolean } | undefined) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** A program of somebody else that is told news by webhook. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const replies: { status: number; headers?: Record<string, string>; cut?: boolean }[] = [];
  let pick: Parameters<Receiver['weather']>[0] = () => undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += String(chunk)));
    request.on('end', () => {
      const reply: { status: number; headers?: Record<string, string>; cut?: boolean } = replies.shift() ??
        pick(String(request.headers['webhook-id'])) ?? { status: 200 };
      const { status, headers, cut } = reply;
      received.push({ path: request.url ?? '', headers: request.headers, body, status });
      if (cut) return void request.socket.destroy();
      response.writeHead(status, headers).end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook?key=canary-path-secret`,
    port,
    received,
    weather: (by) => void (pick = by),
    answer: (reply, times = 1) => void replies.push(...Array.from({ length: times }, () => reply)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As a receiver checks it, written from the text of Standard Webhooks and not from what sends. */
export function isGenuine({ headers, body }: Received, secret: string, now: number): boolean {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  if (Math.abs(now / 1000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return String(headers['webhook-signature']).split(' ').includes(`v1,${expected}`);
}
