import { connect, type Socket } from 'node:net';

export interface Load {
  port: number;
  path: string;
  headers?: Record<string, string>;
  connections: number;
  seconds: number;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that were not 200. */
  failures: number;
}

/** Closed-loop load on loopback: each connection sends its next request when it has the answer to the last. Ends by itself. */
export async function runLoad({ port, path, headers = {}, connections, seconds }: Load): Promise<LoadResult> {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const tally = { times: [] as number[], failures: 0 };
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => drive({ port, request, endAt, tally })));
  const elapsed = (performance.now() - startedAt) / 1000;
  const times = tally.times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { requests: times.length, perSecond: times.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99), failures: tally.failures };
}

interface Drive {
  port: number;
  request: Buffer;
  endAt: number;
  tally: { times: number[]; failures: number };
}

function drive({ port, request, endAt, tally }: Drive): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const readAnswer = answerReader();
    let sentAt = 0;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(request);
    };
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer for 10 s')));
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      const status = readAnswer(chunk);
      if (status === undefined) return;
      const now = performance.now();
      tally.times.push(now - sentAt);
      if (status !== 200) tally.failures += 1;
      if (now < endAt) send();
      else socket.end();
    });
  });
}

/** Feeds on chunks; answers the status when one whole answer with a Content-Length has come in. */
function answerReader(): (chunk: Buffer) => number | undefined {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const headEnd = held.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const head = held.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error('The load generator reads answers with a Content-Length only');
    if (held.length < headEnd + 4 + Number(length)) return undefined;
    held = Buffer.alloc(0);
    return Number(head.slice(9, 12));
  };
}
