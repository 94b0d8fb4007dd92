import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Hole } from '../../lib/node-packages.ts';
import { npm, unavailable } from './npm.ts';

const AUDIT_TIMEOUT_MS = 30_000;
const MOST_VERSIONS = 50;
const MOST_HOLES = 200;
const MOST_TITLE = 200;

const Advisory = z.object({ title: z.string(), severity: z.string(), range: z.string() });
// A string names another package by which this one is concerned: of those there are none in the lock that we write.
const Report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), Advisory])) })),
});

/**
 * What `npm audit` knows about some versions of one package, and nothing about those that it needs. npm itself asks, so that the registry,
 * proxies and certificates are those npm is configured with. Throws `setup.node_unavailable` where the registry has no advisories.
 */
export async function auditVersions(name: string, versions: readonly string[], signal?: AbortSignal): Promise<Hole[]> {
  const folder = await mkdtemp(join(tmpdir(), 'clawmoor-audit-'));
  try {
    const { manifest, lock } = locked(name, versions.slice(-MOST_VERSIONS));
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const words = ['audit', '--json', '--package-lock-only', '--prefix', folder, '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
    // npm ends with 1 where it has found something.
    const report = Report.safeParse(parsed(await npm(words, AUDIT_TIMEOUT_MS, { signal, takes: [0, 1] })));
    if (!report.success) throw unavailable(new Error('the registry has no advisories to ask for'));
    return Object.values(report.data.vulnerabilities)
      .flatMap(({ via }) => via)
      .filter((one) => typeof one !== 'string')
      .slice(0, MOST_HOLES)
      .map(({ title, ...hole }) => ({ ...hole, title: title.slice(0, MOST_TITLE) }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A project that depends on each version under a name of its own. */
function locked(name: string, versions: readonly string[]) {
  const aliases = versions.map((version, at) => ({ alias: `v${at}`, version }));
  const dependencies = Object.fromEntries(aliases.map(({ alias, version }) => [alias, `npm:${name}@${version}`]));
  const manifest = { name: 'asked', version: '1.0.0', private: true, dependencies };
  const packages = Object.fromEntries(aliases.map(({ alias, version }) => [`node_modules/${alias}`, { name, version }]));
  return { manifest, lock: { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } } };
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
