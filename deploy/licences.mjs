// npm run licences: writes docs/reference/licences.md, the packages that a release carries with their licences, from the lockfile.
// Exit status 1 when one of them has a licence that is not on the list.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './toolbox.mjs';

const ALLOWED = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'Unlicense', 'Zlib'];
// A package that says only "BSD"; its text is the one with two clauses.
const READ = { duck: 'BSD-2-Clause' };
// npm itself goes along, unchanged, as a program of its own.
const PROGRAMS = { npm: 'Artistic-2.0' };
const FILE = join(ROOT, 'docs/reference/licences.md');

const read = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const packages = carried(read('package-lock.json').packages);
const npmVersion = read('deploy/runtime.json').npm.version;
const text = page([...packages, { name: 'npm', version: npmVersion, license: PROGRAMS.npm }]);
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(FILE, text);
const strangers = packages.filter(({ license }) => !isAllowed(license));
for (const { name, license } of strangers) process.stderr.write(`${name}: ${license || 'no licence'} is not on the list\n`);
process.exitCode = strangers.length === 0 ? 0 : 1;

/** Not the tools (`dev`), not our own workspaces (`link`, or outside node_modules). */
function carried(lock) {
  return Object.entries(lock)
    .filter(([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link)
    .map(([path, { version, license }]) => {
      const name = path.split('node_modules/').at(-1);
      return { name, version, license: READ[name] ?? license ?? oldStyle(path) };
    });
}

/** One of the alternatives must be allowed whole. */
function isAllowed(license) {
  const alternatives = license.replaceAll(/[()]/g, '').split(' OR ');
  return alternatives.some((alternative) => alternative.split(' AND ').every((each) => ALLOWED.includes(each)));
}

/** Some packages still say it the way of before 2015, which the lockfile leaves out. */
function oldStyle(path) {
  const { licenses = [] } = read(join(path, 'package.json'));
  return licenses.map(({ type }) => type).join(' OR ');
}

function page(rows) {
  const lines = rows.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  const unique = [...new Set(lines)].toSorted((one, other) => (one < other ? -1 : 1));
  const head = 'Made by `npm run licences` from the lockfile. A release carries the same list, with hashes, as `sbom.json` (CycloneDX).';
  return `# Licences\n\n${head}\n\n| package | version | licence |\n|---|---|---|\n${unique.join('\n')}\n`;
}
