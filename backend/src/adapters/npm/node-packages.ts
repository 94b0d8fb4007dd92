import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import type { Clock } from '../../lib/clock.ts';
import type { NodePackages, Tarball } from '../../lib/node-packages.ts';
import { Problem } from '../../lib/problem.ts';
import { auditVersions } from './audit.ts';
import { npm, unavailable } from './npm.ts';
import { readFromTarball } from './package-text.ts';

const FETCH_TIMEOUT_MS = 5 * 60_000;
const ASK_TIMEOUT_MS = 30_000;
// Somebody waits for the answer: npm's own pauses between its tries add up to 20 s.
const SOON = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
const LATEST_KEPT_MS = 10 * 60_000;

// npm answers a single field as its bare value.
const Engines = z.union([z.object({ version: z.string(), 'engines.node': z.optional(z.string()) }), z.string()]);
const Versions = z.union([z.array(z.string()), z.string()]);
const Packed = z.array(z.object({ filename: z.string(), integrity: z.string() }));

/**
 * Fetches packages with npm itself, so that the registry, proxies and certificates are those npm is configured with here, and
 * its integrity check is npm's own. What was fetched is kept in `cacheFolder` and checked again at each use.
 */
export function createNodePackages({ cacheFolder, clock }: { cacheFolder: string; clock: Pick<Clock, 'monotonic'> }): NodePackages {
  const latest = new Map<string, { version: string; at: number }>();
  const published = new Map<string, { versions: string[]; at: number }>();
  const fetching = new Map<string, Promise<Tarball>>();
  const reading = new Map<string, Promise<string | undefined>>();

  async function readText({ name, version, path, kept }: TextPlace): Promise<string | undefined> {
    const folder = `${kept}.${process.pid}.fresh`;
    try {
      const { file } = await fetchTarball(folder, name, version);
      const text = await readFromTarball(file, path);
      await writeFile(`${folder}/text`, text ?? '');
      await rename(`${folder}/text`, kept);
      return text;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  return {
    tarball(name, version, signal) {
      const key = `${name}@${version}`;
      const running = fetching.get(key) ?? fetchTarball(cacheFolder, name, version).finally(() => fetching.delete(key));
      fetching.set(key, running);
      return abortable(running, signal);
    },
    async latest(name, tag = 'latest', signal) {
      const key = `${name}@${tag}`;
      const kept = latest.get(key);
      if (kept && clock.monotonic() - kept.at < LATEST_KEPT_MS) return kept.version;
      const version = (await npm(['view', key, 'version', '--json', ...SOON], ASK_TIMEOUT_MS, { signal })).trim().replaceAll('"', '');
      if (!/^\d+\.\d+\.\d+/.test(version)) throw unavailable(new Error('no version in the answer'));
      latest.set(key, { version, at: clock.monotonic() });
      return version;
    },
    async engine(name, version, signal) {
      const answer = await npm(['view', `${name}@${version}`, 'version', 'engines.node', '--json', ...SOON], ASK_TIMEOUT_MS, { signal });
      const { success, data } = Engines.safeParse(parsed(answer));
      if (!success)
        throw new Problem('setup.version_not_found', `The npm registry has no ${name} ${version}`, { fix: 'Choose another version.' });
      return typeof data === 'string' ? undefined : data['engines.node'];
    },
    async versions(name, signal) {
      const kept = published.get(name);
      if (kept && clock.monotonic() - kept.at < LATEST_KEPT_MS) return kept.versions;
      const versions = Versions.parse(parsed(await npm(['view', name, 'versions', '--json', ...SOON], ASK_TIMEOUT_MS, { signal })));
      published.set(name, { versions: [versions].flat(), at: clock.monotonic() });
      return [versions].flat();
    },
    holes: auditVersions,
    async textOf(name, version, path, signal) {
      const kept = join(cacheFolder, `${name.replace('/', '-')}-${version}.${path.replaceAll('/', '-')}`);
      if (existsSync(kept)) return (await readFile(kept, 'utf8')) || undefined;
      // Only the text is kept: a package may weigh 70 MB.
      const key = `${name}@${version} ${path}`;
      const running = reading.get(key) ?? readText({ name, version, path, kept }).finally(() => reading.delete(key));
      reading.set(key, running);
      return abortable(running, signal);
    },
  };
}

interface TextPlace {
  name: string;
  version: string;
  path: string;
  kept: string;
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch (error) {
    throw unavailable(error);
  }
}

async function fetchTarball(folder: string, name: string, version: string): Promise<Tarball> {
  const file = join(folder, `${name.replace('/', '-')}-${version}.tgz`);
  if (existsSync(file)) {
    const kept = await describe(file);
    if (kept) return kept;
  }
  const fresh = `${file}.${process.pid}.fresh`;
  await mkdir(fresh, { recursive: true });
  try {
    const answer = await npm(['pack', `${name}@${version}`, '--json', '--pack-destination', fresh], FETCH_TIMEOUT_MS);
    const [packed] = Packed.parse(JSON.parse(answer));
    if (!packed) throw unavailable(new Error('npm packed nothing'));
    const source = join(fresh, packed.filename.replaceAll('/', '-').replace(/^@/, ''));
    const { sha512 } = await digests(source);
    if (`sha512-${sha512}` !== packed.integrity) {
      throw new Problem('setup.node_integrity', `The package ${name} that was fetched is not the one that the registry names`, {
        fix: 'Try again; if it stays, check the registry that npm uses here.',
      });
    }
    await rename(source, file);
    await rm(`${file}.sha256`, { force: true });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  const described = await describe(file);
  if (!described) throw unavailable(new Error('the file is empty'));
  return described;
}

async function describe(file: string): Promise<Tarball | undefined> {
  const { size } = await stat(file);
  if (size === 0) return undefined;
  return { file, size, sha256: (await digests(file)).sha256 };
}

async function digests(file: string): Promise<{ sha256: string; sha512: string }> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      sha512.update(chunk);
    }
  });
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('base64') };
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
}
