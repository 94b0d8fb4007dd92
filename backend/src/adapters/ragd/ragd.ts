import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import type { Host } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import { RAGD_PROTOCOL, type OpenRagd, type Ragd, type RagdCall } from '../../lib/ragd.ts';
import { badAnswer, down, incompatible, refused, tooSlow } from './ragd.problems.ts';

const WITHIN_MS = 20_000;
// Silence, not duration: a collection of 500 MB takes its time.
const DOWNLOAD_SILENT_MS = 120_000;
const MOST_BYTES = 16 * 1024 * 1024;

const Health = z.object({ ok: z.literal(true), version: z.string().check(z.maxLength(40)), protocol: z.number() });

export const openRagd: OpenRagd = (host, { port, token, signal }): Ragd => {
  const at = { host, port, token, signal };
  return {
    async version() {
      const { version, protocol } = understood(Health, await answerOf(at, { method: 'GET', path: '/health', withinMs: 5_000 }));
      if (protocol !== RAGD_PROTOCOL) throw incompatible(version);
      return version;
    },
    ask: async ({ answers, ...call }) => understood(answers, await answerOf(at, call)),
    async download(path) {
      const { response, silence } = await start(at, { method: 'GET', path, withinMs: DOWNLOAD_SILENT_MS });
      return whole(response, silence);
    },
  };
};

interface Place {
  host: Host;
  port: number;
  token: string;
  signal: AbortSignal;
}

async function answerOf(at: Place, call: RagdCall): Promise<unknown> {
  const { response, sent, silence } = await start(at, call);
  try {
    return parsed(await textOf(response));
  } catch (error) {
    at.signal.throwIfAborted();
    throw error instanceof Problem ? error : down(error);
  } finally {
    clearTimeout(silence);
    sent.destroy();
  }
}

interface Started {
  response: IncomingMessage;
  sent: ClientRequest;
  /** Ends the call when it goes off; a stream through SSH knows no limits of its own. */
  silence: NodeJS.Timeout;
}

/** The answer's head, of a good one; every other is thrown as what it says. */
async function start({ host, port, token, signal }: Place, call: RagdCall): Promise<Started> {
  const { method, path, body, content, withinMs = WITHIN_MS } = call;
  const { stream } = await host.forward(port, { signal }).catch((error: unknown) => {
    throw error instanceof Problem && error.code === 'gateway.down' ? down() : error;
  });
  const json = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers = {
    host: 'localhost',
    connection: 'close',
    authorization: `Bearer ${token}`,
    ...(json && { 'content-type': 'application/json', 'content-length': json.length }),
  };
  const sent = request({ method, path, headers, createConnection: () => stream, signal });
  // Whoever waits hears of a failure; one that comes after the answer is nobody's.
  sent.on('error', () => {}).once('close', () => stream.destroy());
  const silence = setTimeout(() => sent.destroy(tooSlow()), withinMs);
  try {
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>; // the event has one argument
    const failed = answered.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (content) await sendAll(sent, content, { settled: failed, silence });
    else sent.end(json);
    const [response] = await answered;
    if (response.statusCode === 200) return { response, sent, silence };
    throw refused(response.statusCode ?? 0, parsed(await textOf(response)));
  } catch (error) {
    clearTimeout(silence);
    sent.destroy();
    signal.throwIfAborted();
    throw error instanceof Problem ? error : down(error);
  }
}

/** Ends early where the service has answered before it had everything: it refuses. */
async function sendAll(
  sent: ClientRequest,
  content: AsyncIterable<Buffer>,
  { settled, silence }: { settled: Promise<unknown>; silence: NodeJS.Timeout },
): Promise<void> {
  let over = false;
  const ended = settled.then((error) => ((over = true), error));
  for await (const piece of content) {
    silence.refresh();
    if (over) continue; // who sends to us is read to the end, so that it hears our answer
    if (!sent.write(piece)) await Promise.race([once(sent, 'drain').catch(() => {}), ended]);
  }
  if (!over) sent.end();
}

async function* whole(response: IncomingMessage, silence: NodeJS.Timeout): AsyncGenerator<Buffer> {
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      silence.refresh();
      yield piece;
    }
  } finally {
    clearTimeout(silence);
    response.destroy();
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BYTES) throw badAnswer();
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function understood<Schema extends z.ZodMiniType>(schema: Schema, answer: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  throw badAnswer(error);
}
