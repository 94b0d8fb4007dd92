import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** What a version does that nobody should get: when its gateway starts, or before that. */
export type Fault = 'bad tarball' | 'wrong version' | 'exit 78' | 'falls over' | 'never ready' | 'ready without calls';

export interface FakeNpm {
  port: number;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** A registry with nothing but these versions of a package called openclaw; each starts, and fails in its own way. */
export async function startFakeNpm(versions: Record<string, Fault>): Promise<FakeNpm> {
  const tarballs = new Map<string, Buffer>();
  for (const [version, fault] of Object.entries(versions)) tarballs.set(version, await tarballOf(version, fault));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const tarball = tarballs.get(/^\/openclaw\/-\/openclaw-(.+)\.tgz$/.exec(url.pathname)?.[1] ?? '');
    if (tarball) return void response.end(tarball);
    if (url.pathname !== '/openclaw')
      return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    const listed = [...tarballs].map(([version, content]) => {
      const served = versions[version] === 'bad tarball' ? Buffer.from('another file') : content;
      const integrity = `sha512-${createHash('sha512').update(served).digest('base64')}`;
      const dist = { tarball: `${url.origin}/openclaw/-/openclaw-${version}.tgz`, integrity };
      return [version, { name: 'openclaw', version, bin: { openclaw: 'openclaw.mjs' }, engines: { node: '>=24' }, dist }];
    });
    const newest = listed.at(-1)?.[0];
    const body = { name: 'openclaw', 'dist-tags': { latest: newest }, versions: Object.fromEntries(listed) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  // The managed servers are other machines.
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function tarballOf(version: string, fault: Fault): Promise<Buffer> {
  const archive = pack();
  const manifest = { name: 'openclaw', version, type: 'module', bin: { openclaw: 'openclaw.mjs' }, engines: { node: '>=24' } };
  const script = program(fault === 'wrong version' ? '2020.1.1' : version, fault);
  archive.entry({ name: 'package/package.json' }, JSON.stringify(manifest, undefined, 2));
  archive.entry(
    { name: 'package/CHANGELOG.md' },
    `# Changelog\n\n## ${version}\n\n### Changes\n\n- **Ropes (breaking):** tie them anew. (#1)\n`,
  );
  archive.entry({ name: 'package/openclaw.mjs', mode: 0o755 }, script);
  archive.entry({ name: 'package/dist/index.js', mode: 0o755 }, script);
  archive.finalize();
  return buffer(archive.pipe(createGzip()));
}

/** Whatever it does, it first spoils the state, as a migration does that an older version cannot read. */
const program = (version: string, fault: Fault): string => `#!/usr/bin/env node
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const words = process.argv.slice(2);
if (words.includes('--version')) { console.log('OpenClaw ${version} (fake)'); process.exit(0); }
const state = process.env.HOME + '/.openclaw';
rmSync(state + '/state', { recursive: true, force: true });
rmSync(state + '/agents', { recursive: true, force: true });
writeFileSync(state + '/openclaw.json', '{"spoilt":true}');
const fault = ${JSON.stringify(fault)};
if (fault === 'exit 78') { console.error('config invalid: ropes are missing'); process.exit(78); }
if (fault === 'falls over') { console.error('error: no wind'); process.exit(1); }
if (fault === 'ready without calls') createServer((request, response) => response.end('{}')).listen(18789, '127.0.0.1');
setInterval(() => {}, 1000);
`;
