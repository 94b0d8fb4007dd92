import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import type { NodePackages, Tarball } from '../../lib/node-packages.ts';
import { Problem } from '../../lib/problem.ts';

const FETCH_TIMEOUT_MS = 5 * 60_000;
const ASK_TIMEOUT_MS = 30_000;
const LATEST_KEPT_MS = 10 * 60_000;

const Packed = z.array(z.object({ filename: z.string(), integrity: z.string() }));

/**
 * Fetches packages with npm itself, so that the registry, proxies and certificates are those npm is configured with here, and
 * its integrity check is npm's own. What was fetched is kept in `cacheFolder` and checked again at each use.
 */
export function createNodePackages({ cacheFolder }: { cacheFolder: string }): NodePackages {
  const latest = new Map<string, { version: string; at: number }>();
  const fetching = new Map<string, Promise<Tarball>>();
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
      if (kept && performance.now() - kept.at < LATEST_KEPT_MS) return kept.version;
      const version = (await npm(['view', key, 'version', '--json'], ASK_TIMEOUT_MS, signal)).trim().replaceAll('"', '');
      if (!/^\d+\.\d+\.\d+/.test(version)) throw unavailable(new Error('no version in the answer'));
      latest.set(key, { version, at: performance.now() });
      return version;
    },
  };
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

/** The npm that started us, where one did; else the one on the PATH. */
function npm(words: string[], timeout: number, signal?: AbortSignal): Promise<string> {
  const script = process.env['npm_execpath'];
  const [file, args] = script?.endsWith('.js') ? [process.execPath, [script, ...words]] : ['npm', words];
  return new Promise((resolve, reject) => {
    execFile(file, args, { timeout, maxBuffer: 16 * 1024 * 1024, ...(signal && { signal }) }, (error, stdout) =>
      error ? reject(unavailable(error)) : resolve(stdout),
    );
  });
}

const unavailable = (cause: unknown): Problem =>
  new Problem('setup.node_unavailable', 'Clawmoor could not fetch a package from the npm registry', {
    fix: 'Check that the machine that runs Clawmoor reaches the registry: npm ping',
    cause,
  });

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
}
