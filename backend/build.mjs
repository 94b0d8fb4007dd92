// The bundle for production starts in a third of the time of the sources. Native parts stay outside and come from node_modules.
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { EXTERNALS } from './externals.mjs';

const dist = join(import.meta.dirname, 'dist');
// Express and three of its parts have a copy each of one table: 240 kB that every start would read four times.
const ofExpress = createRequire(createRequire(import.meta.url).resolve('express'));

// The chunks have a new name each time.
await rm(dist, { recursive: true, force: true });
await build({
  entryPoints: {
    main: 'src/start.ts',
    'file-worker': 'src/adapters/sqlite/file-worker.ts',
    'audit-verify': 'src/commands/audit-verify.ts',
    'keys-rotate': 'src/commands/keys-rotate.ts',
    restore: 'src/commands/restore.ts',
  },
  outdir: dist,
  splitting: true,
  alias: { 'mime-db': dirname(ofExpress.resolve('mime-db/package.json')) },
  outExtension: { '.js': '.mjs' },
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  external: EXTERNALS,
  // Some packages are CommonJS and ask for `require`.
  banner: { js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);" },
  logLevel: 'warning',
});
