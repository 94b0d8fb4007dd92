// One file that needs Node and nothing else: what `npx` fetches, and what a release carries.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const outfile = join(import.meta.dirname, 'dist/clawmoor.mjs');
await build({
  entryPoints: ['src/main.ts'],
  outfile,
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minifySyntax: true,
  legalComments: 'inline',
  // The compile cache keeps what V8 made of the file for the next start; Node 20 has none.
  banner: { js: "#!/usr/bin/env node\nimport * as nodeModule from 'node:module'; nodeModule.enableCompileCache?.();" },
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
