import * as z from 'zod/mini';
import { Problem } from '../problem.ts';
import type { EmbeddingSource } from '../settings.ts';

/** 16 texts a request: a larger batch makes a small server swap and gains nothing on a CPU. */
export const BATCH = 16;
export const DOCUMENTS_WITHIN_MS = 120_000;
const DIGEST_WITHIN_MS = 5_000;
const TOO_LONG = /context length|too (long|large)|maximum[^.]{0,40}(tokens|length)|input length/i;
const HALVED_TIMES = 3;
const ANSWER_BYTES = 32 * 1024 * 1024;

const OllamaAnswer = z.object({ embeddings: z.array(z.array(z.number())) });
const OpenAiAnswer = z.object({ data: z.array(z.object({ embedding: z.array(z.number()), index: z.int() })) });
const Tags = z.object({ models: z.array(z.object({ name: z.string(), digest: z.string() })) });
const Complaint = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

type Asked = Exclude<EmbeddingSource, { provider: 'none' }>;

/** One vector of unit length for each text, in the same order. Every failure is a Problem that says what to do. */
export async function embed(source: Asked, { texts, signal }: { texts: readonly string[]; signal: AbortSignal }): Promise<Float32Array[]> {
  const ollama = source.provider === 'ollama';
  // `truncate: false`: a text that is too long shall be told, not silently cut.
  const body = ollama ? { model: source.model, input: texts, truncate: false, keep_alive: '10m' } : { model: source.model, input: texts };
  const answer = await ask(source, { path: ollama ? '/api/embed' : '/embeddings', body, signal });
  const parsed = ollama ? OllamaAnswer.safeParse(answer) : OpenAiAnswer.safeParse(answer);
  if (!parsed.success) throw badAnswer('it is no list of vectors');
  const rows =
    'embeddings' in parsed.data
      ? parsed.data.embeddings
      : parsed.data.data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  if (rows.length !== texts.length) throw badAnswer(`${rows.length} vectors for ${texts.length} texts`);
  return rows.map(unit);
}

/**
 * The same, but one text that the model finds too long does not spoil the batch: it is embedded by its beginning, and where even that is refused, the
 * problem stands in its place.
 */
export async function embedEach(
  source: Asked,
  { texts, signal }: { texts: readonly string[]; signal: AbortSignal },
): Promise<(Float32Array | Problem)[]> {
  try {
    return await embed(source, { texts, signal });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'embedding.too_long') throw error;
  }
  const made: (Float32Array | Problem)[] = [];
  for (const text of texts) made.push(await embedBeginning(source, { text, signal }));
  return made;
}

async function embedBeginning(source: Asked, { text, signal }: { text: string; signal: AbortSignal }): Promise<Float32Array | Problem> {
  let problem: Problem | undefined;
  for (let halved = 0; halved <= HALVED_TIMES; halved++) {
    try {
      const [vector] = await embed(source, { texts: [text.slice(0, Math.ceil(text.length / 2 ** halved))], signal });
      if (vector) return vector;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'embedding.too_long') throw error;
      problem = error;
    }
  }
  return problem ?? badAnswer('no vector');
}

/** What exactly the model's name stands for on an Ollama server today; `''` where that cannot be told. */
export async function digestOf(source: Asked, signal: AbortSignal): Promise<string> {
  if (source.provider !== 'ollama') return '';
  const answer = Tags.safeParse(
    await ask(source, { path: '/api/tags', signal: AbortSignal.any([signal, AbortSignal.timeout(DIGEST_WITHIN_MS)]) }),
  );
  if (!answer.success) throw badAnswer('it is no list of models');
  const name = source.model.includes(':') ? source.model : `${source.model}:latest`;
  const found = answer.data.models.find((model) => model.name === name);
  if (!found) throw modelMissing(source.model);
  return found.digest;
}

function unit(values: readonly number[]): Float32Array {
  const vector = Float32Array.from(values);
  const length = Math.hypot(...vector);
  if (vector.length < 8 || vector.length > 8_192) throw badAnswer(`${vector.length} dimensions`);
  if (!Number.isFinite(length) || length === 0) throw badAnswer('a vector that is no direction (NaN, infinite or zero)');
  return vector.map((value) => value / length);
}

async function ask(source: Asked, { path, body, signal }: { path: string; body?: object; signal: AbortSignal }): Promise<unknown> {
  const url = `${source.baseUrl.replace(/\/+$/, '')}${path}`;
  const apiKey = source.provider === 'openai-compatible' ? source.apiKey : undefined;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
      redirect: 'error', // the key and the documents go where the owner said, nowhere else
      signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    text = await limited(response);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const late = (error as Error).name === 'TimeoutError';
    throw new Problem('embedding.unavailable', `The embedding server ${late ? 'did not answer in time' : 'cannot be reached'}`, {
      fix: source.provider === 'ollama' ? 'Check that Ollama runs on this server.' : 'Check the address of the embedding server.',
      cause: error,
    });
  }
  if (response.ok) return json(text);
  throw refusal(source, { status: response.status, text });
}

async function limited(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > ANSWER_BYTES) throw badAnswer('far too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badAnswer('it is no JSON');
  }
}

function refusal(source: Asked, { status, text }: { status: number; text: string }): Problem {
  let said = '';
  try {
    const complaint = Complaint.safeParse(JSON.parse(text));
    if (complaint.success) said = typeof complaint.data.error === 'string' ? complaint.data.error : complaint.data.error.message;
  } catch {
    // a proxy's page; its status says enough
  }
  if (status === 404 && /model/i.test(said)) return modelMissing(source.model);
  const what = `The embedding server answered ${status}${said === '' ? '' : `: ${said.slice(0, 200)}`}`;
  if (status === 429 || status >= 500)
    return new Problem('embedding.unavailable', what, { fix: 'Wait a little, or choose a smaller model.' });
  if ((status === 400 || status === 413) && TOO_LONG.test(said))
    return new Problem('embedding.too_long', what, { fix: 'Choose smaller passages, or a model that takes longer texts.' });
  const fix = status === 401 || status === 403 ? 'Check the key for the embedding server.' : 'Choose another model, or smaller passages.';
  return new Problem('embedding.refused', what, { fix });
}

const badAnswer = (why: string): Problem =>
  new Problem('embedding.bad_answer', `The embedding server's answer cannot be used: ${why}`, {
    fix: 'Choose a model that is made for embeddings.',
  });

const modelMissing = (model: string): Problem =>
  new Problem('embedding.model_missing', `The embedding server does not have the model ${model}`, { fix: 'Pull the model first.' });
