import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';

export interface FakeReleases {
  /** For `OLLAMA_DOWNLOAD_BASE`. */
  base: string;
  port: number;
  /** How many times an archive was asked for, and from which byte. */
  asked: string[];
  /** Cuts the connection in the middle of the next download. */
  cutNext: () => void;
  /** Serves other bytes than those that the checksums are of. */
  tamper: (yes: boolean) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Releases of Ollama as they lie on GitHub: a `.tar.zst` of the same layout, with libraries of graphics cards, and `sha256sum.txt`. The program
 * in it is a small one of ours that speaks Ollama's interface.
 */
export async function startFakeReleases(versions: readonly string[], { host = '127.0.0.1' } = {}): Promise<FakeReleases> {
  const archives = new Map<string, Buffer>();
  for (const version of versions) archives.set(version, await archiveOf(version));
  let [cut, tampered] = [false, false];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const [, version = '', file = ''] = /^\/v([^/]+)\/(.+)$/.exec(request.url ?? '') ?? [];
    const archive = archives.get(version);
    if (!archive) return void response.writeHead(404).end('Not Found');
    if (file === 'sha256sum.txt') {
      const sum = createHash('sha256').update(archive).digest('hex');
      return void response.end(['amd64', 'arm64'].map((machine) => `${sum}  ./ollama-linux-${machine}.tar.zst\n`).join(''));
    }
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    asked.push(`${file} ${from}`);
    const content = tampered ? Buffer.concat([archive.subarray(0, -1), Buffer.from([7])]) : archive;
    const rest = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
    if (!cut) return void response.end(rest);
    cut = false;
    response.write(rest.subarray(0, rest.length >> 1), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    port,
    asked,
    cutNext: () => void (cut = true),
    tamper: (yes) => void (tampered = yes),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function archiveOf(version: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: './bin/', type: 'directory' });
  archive.entry({ name: './bin/ollama', mode: 0o755 }, program(version));
  for (const name of ['libggml-base.so.0', 'libggml-cpu-haswell.so']) archive.entry({ name: `./lib/ollama/${name}` }, 'a library');
  archive.entry({ name: './lib/ollama/libggml-base.so', type: 'symlink', linkname: 'libggml-base.so.0' });
  for (const folder of ['cuda_v12', 'cuda_v13', 'mlx_cuda_v13', 'rocm', 'vulkan'])
    archive.entry({ name: `./lib/ollama/${folder}/libggml.so` }, Buffer.alloc(200_000, folder));
  archive.finalize();
  return zstdCompressSync(await buffer(archive));
}

/**
 * `slow…` pulls take their time and go on where they were cut; `huge` is larger than any machine; `missing` is not there; `torn` breaks off once;
 * `silly` makes vectors without sense. Everything else is an embedding model of 28 MB. Models are files below `~/.ollama/models`.
 */
const program = (version: string): string => `#!/usr/bin/env node
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const folder = (process.env.OLLAMA_MODELS || process.env.HOME + '/.ollama/models');
mkdirSync(folder, { recursive: true });
if (process.argv[2] !== 'serve') { console.log('ollama version is ${version}'); process.exit(0); }
const full = (name) => (/:[^/]+$/.test(name) ? name : name + ':latest');
const fileOf = (name) => folder + '/' + encodeURIComponent(full(name));
const [PART, PARTS] = [700000, 40];
let loaded;
const torn = new Set();
const nap = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const entry = (name) => ({ name, model: name, modified_at: '2026-01-01T00:00:00Z', size: PART * PARTS, digest: 'f'.repeat(64),
  details: { family: 'bert', families: ['bert'], parameter_size: '23M', quantization_level: 'F16' }, capabilities: name.startsWith('talker') ? ['completion'] : ['embedding'] });
const ALIKE = { cat: 0, pet: 0, sleeping: 1, rests: 1, couch: 2, furniture: 2, interest: 3, rates: 3, raised: 3, bank: 3 };
function vectorOf(text, silly) {
  const vector = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) if (word in ALIKE) vector[silly ? (text.length + ALIKE[word]) % 8 : ALIKE[word]] += 1;
  if (silly && text.startsWith('A pet')) return vector.map((value) => -value);
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
async function pull(name, response) {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const say = (line) => new Promise((resolve) => response.write(JSON.stringify(line) + '\\n', resolve));
  await say({ status: 'pulling manifest' });
  if (name.startsWith('missing')) return response.end(JSON.stringify({ error: 'pull model manifest: file does not exist' }) + '\\n');
  const digest = 'sha256:' + Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
  if (name.startsWith('huge')) { await say({ status: 'pulling it', digest, total: 9e14, completed: 0 }); await nap(20_000); return response.end(); }
  const partial = fileOf(name) + '.partial';
  let done = existsSync(partial) ? Number(readFileSync(partial, 'utf8')) : 0;
  await say({ status: 'pulling it', digest, total: PART * PARTS });
  while (done < PARTS && !response.destroyed) {
    done += 1;
    writeFileSync(partial, String(done));
    await say({ status: 'pulling it', digest, total: PART * PARTS, completed: done * PART });
    if (name.startsWith('torn') && done === 10 && !torn.has(name)) { torn.add(name); return response.end(JSON.stringify({ error: 'unexpected EOF' }) + '\\n'); }
    await nap(name.startsWith('slow') ? 150 : 2);
  }
  if (response.destroyed) return;
  await say({ status: 'pulling small', digest: 'sha256:' + '1'.repeat(64), total: 500, completed: 500 });
  for (const status of ['verifying sha256 digest', 'writing manifest']) await say({ status });
  rmSync(partial);
  writeFileSync(fileOf(name), '');
  response.end(JSON.stringify({ status: 'success' }) + '\\n');
}
const server = createServer(async (request, response) => {
  let text = '';
  for await (const piece of request) text += piece;
  const body = text ? JSON.parse(text) : {};
  const answer = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const name = full(String(body.model ?? ''));
  const names = readdirSync(folder).filter((file) => !file.endsWith('.partial')).map(decodeURIComponent);
  if (request.url === '/') return response.end('Ollama is running');
  if (request.url === '/api/version') return answer(200, { version: '${version}' });
  if (request.url === '/api/tags') return answer(200, { models: names.map(entry) });
  if (request.url === '/api/ps') return answer(200, { models: loaded ? [{ ...entry(loaded), expires_at: '2099-01-01T00:00:00Z' }] : [] });
  if (request.url === '/api/pull') return pull(name, response);
  if (request.url === '/api/delete') { if (!names.includes(name)) return answer(404, { error: 'model not found' }); rmSync(fileOf(name)); loaded = undefined; return response.end(); }
  if (request.url === '/api/embed') {
    if (!names.includes(name)) return answer(404, { error: 'model not found' });
    loaded = name;
    return answer(200, { model: name, embeddings: body.input.map((one) => vectorOf(one, name.startsWith('silly'))) });
  }
  answer(404, { error: '404 page not found' });
});
const [host, port] = (process.env.OLLAMA_HOST || '127.0.0.1:11434').split(':');
server.listen(Number(port), host, () => console.log('Listening on ' + host + ':' + port + (process.env.OLLAMA_NO_CLOUD === '1' ? ', no cloud' : '')));
process.on('SIGTERM', () => process.exit(0));
`;
