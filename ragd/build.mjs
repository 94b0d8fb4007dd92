// npm run build -w ragd: the folder that is pushed to a server. It runs there with Node 24 and nothing else, on x64 and arm64.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { extract } from 'tar-stream';
import { npm } from '../deploy/toolbox.mjs';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');
const DIST = join(HERE, 'dist');
const PLATFORMS = ['linux-x64', 'linux-arm64'];
// The plugin is plain JavaScript that the gateway loads as it is.
const PLUGIN = ['plugin.js', 'ask.js', 'present.js', 'openclaw.plugin.json', 'package.json'];

/** Writes `<outDir>/ragd-<version>/` as the README says, and answers where it is, what is in it and how large it is. */
export async function buildBundle({ outDir = DIST } = {}) {
  const { version } = readJson(join(HERE, 'package.json'));
  const folder = join(outDir, `ragd-${version}`);
  rmSync(outDir === DIST ? DIST : folder, { recursive: true, force: true }); // no older version goes into a release
  mkdirSync(folder, { recursive: true });
  const made = [await bundle({ ragd: 'src/main.ts' }, folder), await bundle({ rag: 'src/command/rag.ts' }, folder)];
  const platforms = [];
  for (const platform of PLATFORMS) if (await putVectorLibrary(platform, join(folder, 'native', platform))) platforms.push(platform);
  for (const name of PLUGIN) copyInto(join(HERE, 'plugin', name), join(folder, 'plugin'), name);
  for (const name of readdirSync(join(HERE, 'skill'))) copyInto(join(HERE, 'skill', name), join(folder, 'skill'), name);
  writeFileSync(join(folder, 'LICENCES.txt'), licences(made));
  const files = Object.fromEntries(filesOf(folder).map((path) => [relative(folder, path), described(path)]));
  const protocol = Number(/PROTOCOL = (\d+)/.exec(readFileSync(join(HERE, 'src/version.ts'), 'utf8'))?.[1]);
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify({ name: 'ragd', version, protocol, files }, null, 1)}\n`);
  const bytes = filesOf(folder).reduce((sum, path) => sum + statSync(path).size, 0);
  return { folder, version, platforms, bytes };
}

async function bundle(entryPoints, outdir) {
  const { metafile } = await build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: HERE,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    metafile: true,
    // Some packages are CommonJS and ask for `require`.
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    logLevel: 'error',
  });
  return metafile;
}

/** From the package where npm has installed it, else from the registry, checked against the lockfile. Without the registry the bundle lacks the other platform. */
async function putVectorLibrary(platform, folder) {
  const name = `sqlite-vec-${platform}`;
  const installed = join(ROOT, 'node_modules', name, 'vec0.so');
  mkdirSync(folder, { recursive: true });
  if (existsSync(installed)) {
    cpSync(installed, join(folder, 'vec0.so'));
    return true;
  }
  const pin = readJson(join(ROOT, 'package-lock.json')).packages[`node_modules/${name}`];
  const tarball = fetched(`${name}-${pin.version}.tgz`, `${name}@${pin.version}`);
  if (tarball === undefined) {
    rmSync(folder, { recursive: true });
    process.stderr.write(
      `${name} could not be fetched: the bundle does not run on ${platform}. Build again where the npm registry is reached.\n`,
    );
    return false;
  }
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  if (integrity !== pin.integrity) throw new Error(`${name} is not what the lockfile says`);
  writeFileSync(join(folder, 'vec0.so'), await memberOf(gunzipSync(tarball), 'package/vec0.so'));
  return true;
}

/** A tarball of the registry; it is kept beside the packages, so that the next build asks nobody. */
function fetched(file, wanted) {
  const cache = join(ROOT, 'node_modules/.cache/clawmoor');
  mkdirSync(cache, { recursive: true });
  if (!existsSync(join(cache, file))) npm(['pack', wanted, '--silent', '--pack-destination', cache]);
  return existsSync(join(cache, file)) ? readFileSync(join(cache, file)) : undefined;
}

async function memberOf(tar, name) {
  const members = extract();
  members.end(tar);
  for await (const member of members) {
    const pieces = await Array.fromAsync(member);
    if (member.header.name === name) return Buffer.concat(pieces);
  }
  throw new Error(`There is no ${name} in the package`);
}

function copyInto(from, folder, name) {
  mkdirSync(folder, { recursive: true });
  cpSync(from, join(folder, name));
}

/** The licence texts of every package that is in the bundle. */
function licences(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const packages = new Set(inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = [...packages, '../node_modules/sqlite-vec'].toSorted().map((path) => {
    const folder = join(HERE, path);
    const { name, version, license } = readJson(join(folder, 'package.json'));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8')}`;
  });
  return `ragd: MIT, as Clawmoor. It contains:\n\n${texts.join('\n\n----\n\n')}\n`;
}

function described(path) {
  const content = readFileSync(path);
  return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
}

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const { folder, bytes } = await buildBundle(values.out === undefined ? {} : { outDir: values.out });
  process.stdout.write(`${relative(process.cwd(), folder)}: ${(bytes / 1024 ** 2).toFixed(1)} MiB\n`);
}
