// What `npm start` and `npm test` share. Plain JavaScript for Node 20 and newer: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
const MODULES = join(ROOT, 'node_modules');
const MARK = join(MODULES, '.clawmoor-installed');

export function refuseOldNode() {
  if (Number(process.versions.node.split('.')[0]) >= 20) return;
  process.stderr.write(
    `Clawmoor needs Node.js 20 or newer to start; this is ${process.version}. It brings its own Node.js 24 after that.\n`,
  );
  process.exit(1);
}

// Where the pinned Node 24 lies. npm 10 does not link it into `.bin`, newer ones do.
const PLATFORM = join(MODULES, `node-${process.platform}-${process.arch}`, 'bin');

/** The pinned Node 24 where it was installed, else the one that runs. */
export function pinnedNode() {
  const pinned = join(PLATFORM, 'node');
  return existsSync(pinned) ? pinned : process.execPath;
}

/** The pinned Node first, then the tools of node_modules, so that each child process finds them. */
export const toolEnvironment = () => ({ ...process.env, PATH: [PLATFORM, join(MODULES, '.bin'), process.env.PATH ?? ''].join(delimiter) });

/** npm as it was called; `npm_execpath` is there when npm started us. */
export function npm(words, options = {}) {
  const script = process.env.npm_execpath;
  const [file, args] = script?.endsWith('.js') ? [process.execPath, [script, ...words]] : ['npm', words];
  return spawnSync(file, args, { cwd: ROOT, encoding: 'utf8', ...options });
}

/** Installs what the lockfile says, when it was not installed yet or has changed. */
export function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted) return;
  process.stderr.write('Installing the packages of the lockfile; this takes about a minute …\n');
  const { status, stdout, stderr } = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) {
    process.stderr.write(
      `${stdout ?? ''}${stderr ?? ''}\nThe packages could not be installed. Check that this machine reaches the npm registry: npm ping\n`,
    );
    process.exit(1);
  }
  writeFileSync(MARK, wanted);
}

/** Builds something when its sources have changed since; `run` is given only then. */
export function buildWhenStale({ sources, stamp, run }) {
  const now = fingerprint(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  const { status, stdout, stderr } = run();
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}\nThe build failed.\n`);
    process.exit(1);
  }
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, now);
}

/** Names, sizes and contents of the files below these paths. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).toSorted()) if (name !== 'node_modules' && name !== 'dist') visit(join(path, name));
    } else hash.update(path.slice(ROOT.length)).update(readFileSync(path));
  };
  for (const path of paths) visit(join(ROOT, path));
  return hash.digest('hex');
}

export function buildWebApp() {
  buildWhenStale({
    sources: ['webapp', 'shared', 'package-lock.json'],
    stamp: join(ROOT, 'webapp/dist/.stamp'),
    run: () =>
      spawnSync(pinnedNode(), [join(MODULES, 'vite/bin/vite.js'), 'build', '--logLevel=error'], {
        cwd: join(ROOT, 'webapp'),
        encoding: 'utf8',
        // A test runner's NODE_ENV would build React for development, three times the size.
        env: { ...toolEnvironment(), NODE_ENV: 'production' },
      }),
  });
}

export function buildBackend() {
  buildWhenStale({
    sources: ['backend', 'shared', 'package-lock.json'],
    stamp: join(ROOT, 'backend/dist/.stamp'),
    run: () => spawnSync(pinnedNode(), [join(ROOT, 'backend/build.mjs')], { encoding: 'utf8', env: toolEnvironment() }),
  });
}

export function buildCli() {
  buildWhenStale({
    sources: ['cli', 'shared', 'package-lock.json'],
    stamp: join(ROOT, 'cli/dist/.stamp'),
    run: () => spawnSync(pinnedNode(), [join(ROOT, 'cli/build.mjs')], { encoding: 'utf8', env: toolEnvironment() }),
  });
}

/** The document search that is put on servers. */
export function buildRagd() {
  buildWhenStale({
    sources: ['ragd', 'package-lock.json'],
    stamp: join(ROOT, 'ragd/dist/.stamp'),
    run: () => spawnSync(pinnedNode(), [join(ROOT, 'ragd/build.mjs')], { encoding: 'utf8', env: toolEnvironment() }),
  });
}
