import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BenchModel {
  url: string;
  embedded: () => number;
  [Symbol.asyncDispose]: () => Promise<void>;
}

export const MODEL = 'bench';
export const DIGEST = 'bench-1';

/** Ollama's interface whose vectors cost nothing: what is measured is the service, not a model. */
export async function startBenchModel(vector: () => Float32Array): Promise<BenchModel> {
  let embedded = 0;
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const say = (body: object): void => void response.writeHead(200).end(JSON.stringify(body));
    if (request.url === '/api/tags') return say({ models: [{ name: `${MODEL}:latest`, digest: DIGEST }] });
    const { input } = JSON.parse(Buffer.concat(pieces).toString()) as { input: string[] };
    embedded += input.length;
    say({ embeddings: input.map(() => Array.from(vector())) });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    embedded: () => embedded,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
