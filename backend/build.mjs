// The bundle for production starts in a third of the time of the sources. Native parts stay outside and come from node_modules.
import { rm } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { EXTERNALS, NEVER_LOADED } from './externals.mjs';

const dist = join(import.meta.dirname, 'dist');
// Express and four of its parts have a copy each of one table and of its reader: 240 kB that every start would read five times.
const ofExpress = createRequire(createRequire(import.meta.url).resolve('express'));

// `import … from 'node:http'` reads all its exports, and three of them load the whole of undici: 28 ms and 12 MiB of every start.
const leanHttp = {
  name: 'lean-http',
  setup(builder) {
    const names = Object.keys(http).filter((name) => Object.getOwnPropertyDescriptor(http, name)?.get === undefined);
    builder.onResolve({ filter: /^(node:)?http$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'lean-http', sideEffects: false } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'lean-http' }, () => ({
      contents: `const http = process.getBuiltinModule('node:http');\nexport default http;\nexport const { ${names.join(', ')} } = http;`,
    }));
  },
};

// The chunks have a new name each time.
await rm(dist, { recursive: true, force: true });
await build({
  entryPoints: {
    main: 'src/start.ts',
    'file-worker': 'src/adapters/sqlite/file-worker.ts',
    'audit-verify': 'src/commands/audit-verify.ts',
    'migrate-to-postgres': 'src/commands/migrate-to-postgres.ts',
    'postgres-copy': 'src/commands/postgres-copy.ts',
    'keys-rotate': 'src/commands/keys-rotate.ts',
    restore: 'src/commands/restore.ts',
  },
  outdir: dist,
  splitting: true,
  alias: Object.fromEntries(['mime-db', 'mime-types'].map((name) => [name, dirname(ofExpress.resolve(`${name}/package.json`))])),
  outExtension: { '.js': '.mjs' },
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  external: [...EXTERNALS, ...NEVER_LOADED],
  plugins: [leanHttp],
  // Some packages are CommonJS and ask for `require`.
  banner: { js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);" },
  logLevel: 'warning',
});
