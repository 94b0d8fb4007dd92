// The bundle that is pushed to a server: one file, and sqlite-vec for each platform whose package is installed here.
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = import.meta.dirname;

/** Writes `ragd.mjs` and `native/<platform>/vec0.so`, and answers the platforms that are in it. */
export async function buildBundle({ outDir = join(ROOT, 'dist') } = {}) {
  rmSync(outDir, { recursive: true, force: true });
  await build({
    entryPoints: { ragd: 'src/main.ts' },
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    logLevel: 'error',
  });
  const platforms = ['linux-x64', 'linux-arm64'].filter((platform) => {
    const library = join(ROOT, '../node_modules', `sqlite-vec-${platform}`, 'vec0.so');
    if (!existsSync(library)) return false;
    mkdirSync(join(outDir, 'native', platform), { recursive: true });
    cpSync(library, join(outDir, 'native', platform, 'vec0.so'));
    return true;
  });
  return { outDir, platforms };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildBundle();
