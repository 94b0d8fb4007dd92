import { request } from 'node:http';
import * as z from 'zod/mini';
import type { Host } from '../../lib/host.ts';
import type { Ollama, OpenOllama } from '../../lib/ollama.ts';
import { Problem } from '../../lib/problem.ts';

const ASK_MS = 15_000;
// A model is read from a slow disk and computes on one core.
const EMBED_MS = 5 * 60_000;
const MOST_BYTES = 16 * 1024 * 1024;

const Text = z.string().check(z.maxLength(400));
const Details = z.object({
  parameter_size: z.optional(Text),
  quantization_level: z.optional(Text),
  families: z.optional(z.nullable(z.array(Text))),
});
const Tags = z.object({
  models: z.nullable(
    z.array(
      z.object({
        name: Text,
        size: z.number(),
        digest: Text,
        modified_at: z.optional(Text),
        details: z.optional(Details),
        capabilities: z.optional(z.array(Text)),
      }),
    ),
  ),
});
const Loaded = z.object({ models: z.nullable(z.array(z.object({ name: Text, size: z.number(), expires_at: z.optional(Text) }))) });
const Vectors = z.object({ embeddings: z.array(z.array(z.number())) });
const Failure = z.object({ error: z.string() });
// Older versions do not tell capabilities; these architectures do nothing but embed.
const EMBEDDING = /bert|embed|bge|minilm/i;

export const openOllama: OpenOllama = (host, { port, signal }): Ollama => {
  const ask = <T>(asked: Omit<Asked, 'host' | 'port' | 'signal'>, schema: z.ZodMiniType<T>): Promise<T> =>
    call({ ...asked, host, port, signal }).then(({ status, text }) => {
      if (status !== 200) throw refused(status, text, asked.path);
      const { success, data } = schema.safeParse(parsed(text));
      if (!success) throw badAnswer();
      return data;
    });
  return {
    version: async () => (await ask({ method: 'GET', path: '/api/version' }, z.object({ version: Text }))).version,
    async models() {
      const { models } = await ask({ method: 'GET', path: '/api/tags' }, Tags);
      return (models ?? []).map(({ name, size, digest, modified_at: at, details, capabilities }) => ({
        name,
        size,
        digest,
        embedding: capabilities?.includes('embedding') ?? EMBEDDING.test(`${name} ${details?.families?.join(' ') ?? ''}`),
        parameters: details?.parameter_size ?? null,
        quantization: details?.quantization_level ?? null,
        changedAt: timeOf(at),
      }));
    },
    async loaded() {
      const { models } = await ask({ method: 'GET', path: '/api/ps' }, Loaded);
      return (models ?? []).map(({ name, size, expires_at: at }) => ({ name, bytes: size, until: timeOf(at) }));
    },
    async remove(model) {
      const { status, text } = await call({ host, port, signal, method: 'DELETE', path: '/api/delete', body: { model } });
      if (status === 404) throw new Problem('ollama.model_not_found', `There is no model ${model} on this server`);
      if (status !== 200) throw refused(status, text, '/api/delete');
    },
    async embed(model, texts) {
      const body = { model, input: texts, truncate: false };
      const { status, text } = await call({ host, port, signal, method: 'POST', path: '/api/embed', body, withinMs: EMBED_MS });
      const answer = Vectors.safeParse(parsed(text));
      if (status !== 200 || !answer.success) throw modelFails(model, saidIn(text) || `it answered ${status}`);
      return answer.data.embeddings;
    },
  };
};

export const modelFails = (model: string, why: string): Problem =>
  new Problem('ollama.model_fails', `The model ${model} does not work on this server: ${why}`, {
    fix: 'It may need more memory than there is: look at the log of Ollama, or take a smaller model.',
  });
const badAnswer = (): Problem =>
  new Problem('ollama.bad_answer', 'What answers on the port of Ollama does not speak as Ollama does', {
    fix: 'Look which program has that port on the server.',
  });
const down = (cause?: unknown): Problem =>
  new Problem('ollama.down', 'Ollama does not answer on this server', {
    fix: 'Install it again here: that starts it and says what is wrong.',
    cause,
  });
const refused = (status: number, text: string, path: string): Problem =>
  status === 404 && saidIn(text) === ''
    ? badAnswer()
    : new Problem('ollama.bad_answer', `Ollama answered ${status} to ${path}: ${saidIn(text)}`);

interface Asked {
  host: Host;
  port: number;
  signal: AbortSignal;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  withinMs?: number;
}

async function call({ host, port, signal, method, path, body, withinMs = ASK_MS }: Asked): Promise<{ status: number; text: string }> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const { stream } = await host.forward(port, { signal }).catch((error: unknown) => {
    throw error instanceof Problem && error.code === 'gateway.down' ? down(error) : error;
  });
  try {
    return await new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const headers = {
        host: `127.0.0.1:${port}`,
        connection: 'close',
        ...(sent && { 'content-type': 'application/json', 'content-length': sent.length }),
      };
      const asking = request({ method, path, headers, createConnection: () => stream, signal: limit }, (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        response.on('data', (piece: Buffer) => {
          size += piece.length;
          if (size > MOST_BYTES) asking.destroy(badAnswer());
          else pieces.push(piece);
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }));
      });
      asking.on('error', reject);
      asking.end(sent);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Problem ? error : down(error);
  } finally {
    stream.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const saidIn = (text: string): string => Failure.safeParse(parsed(text)).data?.error.slice(0, 300) ?? '';

function timeOf(text: string | undefined): number | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : at;
}
