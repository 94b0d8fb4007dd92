// npm run package: one file that a bare host can run. It holds the bundle, the web app, the packages that stay outside the
// bundle, and the pinned Node and npm; so the host needs no registry, no compiler and no Node of its own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { EXTERNALS } from '../backend/externals.mjs';
import { installPackages, npm, refuseOldNode, ROOT, toolEnvironment } from './toolbox.mjs';

// What the packages carry to be compiled, and what is for other platforms.
const NOT_NEEDED = /\/better-sqlite3\/(deps|src|binding\.gyp)(\/|$)|\/ssh2\/(test|examples|install\.js)(\/|$)/;
const NPM_SHIM = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/node" "$here/../lib/node_modules/npm/bin/npm-cli.js" "$@"
`;

refuseOldNode();
const { values } = parseArgs({
  options: { arch: { type: 'string', default: process.arch }, out: { type: 'string', default: join(ROOT, 'dist') } },
});
const { arch, out } = values;
if (!['x64', 'arm64'].includes(arch)) fail(`There is no pinned Node for ${arch}; choose --arch x64 or --arch arm64.`);
installPackages();
step('build', npm(['run', 'build', '--silent'], { env: toolEnvironment() }));
const { version } = readJson('package.json');
const lock = readJson('package-lock.json').packages;
const name = `clawmoor-${version}-linux-${arch}`;
const work = mkdtempSync(join(tmpdir(), 'clawmoor-package-'));
try {
  const file = makeRelease(join(work, name));
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
  process.stdout.write(`${relative(process.cwd(), file)}\nsha256 ${sum}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function makeRelease(folder) {
  mkdirSync(folder);
  for (const workspace of readJson('package.json').workspaces) copy(join(workspace, 'dist'), folder);
  for (const path of ['LICENSE', 'SECURITY.md', 'deploy']) copy(path, folder);
  // cpu-features only saves CPU, and only where it was compiled.
  for (const external of EXTERNALS.filter((name) => name !== 'cpu-features')) copyPackage(external, ROOT, folder);
  putRuntime(join(folder, 'runtime'));
  writeFileSync(join(folder, 'VERSION'), `${version}\n`);
  writeFileSync(join(folder, 'ARCH'), `${arch}\n`);
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: 'clawmoor', version, private: true, license: 'MIT', type: 'module' })}\n`,
  );
  writeFileSync(join(folder, 'sbom.json'), sbom());
  writeFileSync(join(folder, 'SHA256SUMS'), checksums(folder));
  mkdirSync(out, { recursive: true });
  const file = join(out, `${name}.tar.gz`);
  // The same tree makes the same file: names in order, no times, no owners.
  const words = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '-I', 'gzip -n6', '-cf', file, '-C', work, name];
  step('tar', spawnSync('tar', words, { encoding: 'utf8' }));
  return file;
}

function copy(path, folder) {
  if (!existsSync(join(ROOT, path))) return;
  cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter: (source) => !source.endsWith('.stamp') });
}

/** A package and what it needs, at the places where they stand here, so that each finds the version that was tested with it. */
function copyPackage(wanted, from, folder) {
  const source = placeOf(wanted, from);
  // Optional parts that are not installed only save CPU.
  if (source === undefined) return;
  const target = join(folder, relative(ROOT, source));
  if (existsSync(target)) return;
  const otherPlatform = (path) => /\/prebuilds\/[^/]+$/.test(path) && !path.endsWith(`/linux-${arch}.node`);
  cpSync(source, target, {
    recursive: true,
    filter: (path) => !NOT_NEEDED.test(path) && !otherPlatform(path) && !path.includes('/node_modules/.'),
  });
  const { dependencies = {} } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) {
    if (!placeOf(dependency, source)) fail(`${wanted} needs ${dependency}, which is not installed. Run: npm ci`);
    copyPackage(dependency, source, folder);
  }
}

/** Where Node would find it from there. */
function placeOf(wanted, from) {
  for (let at = from; at.startsWith(ROOT); at = join(at, '..')) {
    const place = join(at, 'node_modules', wanted);
    if (existsSync(join(place, 'package.json'))) return place;
  }
  return undefined;
}

function putRuntime(folder) {
  const node = unpacked(`node-linux-${arch}`, lock[`node_modules/node-linux-${arch}`]);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  cpSync(join(node, 'bin/node'), join(folder, 'bin/node'));
  cpSync(join(node, 'LICENSE'), join(folder, 'LICENSE.node'));
  chmodSync(join(folder, 'bin/node'), 0o755);
  cpSync(unpacked('npm', readJson('deploy/runtime.json').npm), join(folder, 'lib/node_modules/npm'), { recursive: true });
  writeFileSync(join(folder, 'bin/npm'), NPM_SHIM, { mode: 0o755 });
}

/** The package as the registry has it, refused unless it is the one that is pinned; kept for the next time. */
function unpacked(wanted, pin) {
  const installed = join(ROOT, 'node_modules', wanted);
  if (wanted.startsWith('node-') && existsSync(join(installed, 'bin/node'))) return installed; // `npm ci` has checked it
  const cache = join(tmpdir(), 'clawmoor-package-cache');
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const tarball = join(cache, `${wanted}-${pin.version}.tgz`);
  if (!existsSync(tarball)) step(`fetch ${wanted}`, npm(['pack', `${wanted}@${pin.version}`, '--silent', '--pack-destination', cache]));
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (found !== pin.integrity) {
    rmSync(tarball);
    fail(`${wanted} ${pin.version} from the registry is not the package that is pinned here. Nothing was packaged.`);
  }
  const folder = join(work, `from-${wanted}`);
  mkdirSync(folder, { recursive: true });
  step(`unpack ${wanted}`, spawnSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], { encoding: 'utf8' }));
  return folder;
}

function sbom() {
  const made = npm(['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'], { maxBuffer: 64 * 1024 * 1024 });
  step('sbom', made);
  return made.stdout;
}

function checksums(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
  return files
    .map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex')}  ${file}\n`,
    )
    .join('');
}

function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

function step(what, { status, stdout, stderr }) {
  if (status !== 0) fail(`${stdout ?? ''}${stderr ?? ''}\nThe step "${what}" failed; nothing was packaged.`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
