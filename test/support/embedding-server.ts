import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EmbeddingServer {
  url: string;
  /** How many texts were embedded so far. */
  embedded: () => number;
  /** What is answered instead, while it is set. */
  fail: (status: number | undefined) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
}

const DIMENSIONS = 256;

/** Ollama's interface with vectors of hashed letter groups: the same text gives the same vector, similar words lie near each other. */
export async function startEmbeddingServer(): Promise<EmbeddingServer> {
  let [embedded, failing] = [0, undefined as number | undefined];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const say = (status: number, body: object): void => void response.writeHead(status).end(JSON.stringify(body));
    if (failing !== undefined) return say(failing, { error: 'switched off by the test' });
    if (request.url === '/api/tags')
      return say(200, { models: ['test', 'other'].map((name) => ({ name: `${name}:latest`, digest: name })) });
    const { input } = JSON.parse(Buffer.concat(pieces).toString()) as { input: string[] };
    embedded += input.length;
    say(200, { embeddings: input.map(vectorOf) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    embedded: () => embedded,
    fail: (status) => void (failing = status),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function vectorOf(text: string): number[] {
  const vector: number[] = Array.from({ length: DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const padded = `^${word}$`;
    for (let at = 0; at + 3 <= padded.length; at++) {
      const hash = createHash('md5')
        .update(padded.slice(at, at + 3))
        .digest();
      const slot = hash.readUInt16LE(0) % DIMENSIONS;
      vector[slot] = (vector[slot] ?? 0) + ((hash[2] ?? 0) & 1 ? 1 : -1);
    }
  }
  if (!vector.some((value) => value !== 0)) vector[0] = 1;
  return vector;
}
