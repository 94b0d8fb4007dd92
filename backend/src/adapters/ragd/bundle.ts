import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import * as z from 'zod/mini';
import { Problem } from '../../lib/problem.ts';
import type { RagdBundle } from '../../lib/ragd.ts';

const Manifest = z.object({
  version: z.string().check(z.regex(/^[\w.-]{1,40}$/)),
  files: z.record(z.string(), z.object({ sha256: z.string() })),
});

/** The newest built service in a folder: `ragd-<version>/`, as `npm run build -w ragd` leaves it. `undefined` where there is none. */
export function readRagdBundle(dist: string): RagdBundle | undefined {
  const newest = existsSync(dist)
    ? readdirSync(dist)
        .filter((name) => /^ragd-\d/.test(name))
        .toSorted()
        .at(-1)
    : undefined;
  if (newest === undefined) return undefined;
  const folder = join(dist, newest);
  const manifest = readFileSync(join(folder, 'manifest.json'));
  const { version, files } = Manifest.parse(JSON.parse(manifest.toString()));
  const text = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
  return {
    version,
    sha256: sha256(manifest),
    text,
    async pack(machine) {
      const native = `native/linux-${machine}/`;
      const wanted = Object.keys(files).filter((path) => !path.startsWith('native/') || path.startsWith(native));
      if (!wanted.some((path) => path.startsWith(native))) throw notBuiltFor(machine);
      const archive = pack();
      const packed = buffer(archive.pipe(createGzip()));
      for (const path of wanted) {
        const content = await readFile(join(folder, path));
        if (sha256(content) !== files[path]?.sha256) throw new Error(`${path} of the document search is not what its manifest says`);
        archive.entry({ name: path, mode: 0o644 }, content);
      }
      archive.entry({ name: 'manifest.json', mode: 0o644 }, manifest);
      archive.finalize();
      return packed;
    },
    async plugin() {
      const names = Object.keys(files).filter((path) => path.startsWith('plugin/'));
      return Object.fromEntries(await Promise.all(names.map(async (path) => [path.slice('plugin/'.length), await text(path)] as const)));
    },
  };
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const notBuiltFor = (machine: string): Problem =>
  new Problem('rag.unsupported', `This Clawmoor has no document search for a processor of the kind ${machine}`, {
    fix: 'Build it where the npm registry can be reached: npm run build -w ragd.',
  });
