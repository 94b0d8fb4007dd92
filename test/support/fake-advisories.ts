import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface FakeAdvisories {
  /** These versions of openclaw are there, the newest last. */
  publish: (versions: string[]) => void;
  /** What `POST /-/npm/v1/security/advisories/bulk` answers, in npm's own shape; `undefined`: it refuses, as many mirrors do. */
  advise: (advisories: { title: string; severity: string; vulnerable_versions: string }[] | undefined) => void;
  /** Versions whose holes were asked for. */
  askedFor: () => string[];
  /** npm asks this registry while something is done. */
  during: <T>(work: () => Promise<T>) => Promise<T>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** A registry that knows the versions of openclaw and their holes, and has none of the packages themselves. */
export async function startFakeAdvisories(): Promise<FakeAdvisories> {
  let versions: string[] = [];
  let advisories: Parameters<FakeAdvisories['advise']>[0] = [];
  const asked = new Set<string>();
  const server = createServer(async (request, response) => {
    const raw = await buffer(request);
    const say = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/openclaw') {
      const dist = { tarball: `http://${request.headers.host}/none.tgz`, integrity: 'sha512-none' };
      const all = Object.fromEntries(versions.map((version) => [version, { name: 'openclaw', version, dist }]));
      return say(200, { name: 'openclaw', 'dist-tags': { latest: versions.at(-1) }, versions: all });
    }
    if (request.url !== '/-/npm/v1/security/advisories/bulk' || !advisories) return say(405, {});
    const text = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw);
    for (const version of (JSON.parse(text) as { openclaw?: string[] }).openclaw ?? []) asked.add(version);
    const shape = { url: 'https://github.com/advisories/GHSA-test-test-test', cwe: [], cvss: { score: 0, vectorString: null } };
    say(200, advisories.length > 0 ? { openclaw: advisories.map((one, at) => ({ id: 1_000 + at, ...shape, ...one })) } : {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    publish: (list) => void (versions = list),
    advise: (list) => void (advisories = list),
    askedFor: () => [...asked],
    async during(work) {
      const { port } = server.address() as AddressInfo;
      // npm keeps what it fetched: an answer of this registry must not be found in the cache of another test's.
      const before = { ...process.env };
      Object.assign(process.env, { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_prefer_online: 'true' });
      try {
        return await work();
      } finally {
        for (const name of ['npm_config_registry', 'npm_config_prefer_online']) {
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
        }
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
