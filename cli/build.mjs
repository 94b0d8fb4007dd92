// One file that needs Node and nothing else: what `npx` fetches, and what a release carries.
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const outfile = join(import.meta.dirname, 'dist/clawmoor.mjs');
// Never half a file: somebody may be fetching it.
const draft = `${outfile}.${process.pid}`;
await build({
  entryPoints: ['src/main.ts'],
  outfile: draft,
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
chmodSync(draft, 0o755);
renameSync(draft, outfile);
// Our licence, and those of the packages whose code is inside.
const licenceOf = (name, path) => `${name}\n\n${readFileSync(join(import.meta.dirname, '..', path), 'utf8').trim()}\n`;
const inside = ['zod', 'eventsource-parser', 'uqr'].map((name) => licenceOf(name, `node_modules/${name}/LICENSE`));
writeFileSync(join(import.meta.dirname, 'dist/LICENSES.txt'), [licenceOf('clawmoor', 'LICENSE'), ...inside].join('\n----\n\n'));
