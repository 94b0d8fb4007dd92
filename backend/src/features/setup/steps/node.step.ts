import { createReadStream } from 'node:fs';
import type { NodePackages, Tarball } from '../../../lib/node-packages.ts';
import type { Host } from '../../../lib/host.ts';
import { CommandFailed } from '../../../lib/host.ts';
import { Problem } from '../../../lib/problem.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';
import { archUnsupported, nodeIntegrity } from '../setup.problems.ts';
import { nodeSuits, NODE_VERSION, NPM_VERSION } from '../versions.ts';

const ARCHITECTURES: Record<string, string> = { x86_64: 'x64', aarch64: 'arm64', arm64: 'arm64' };
const INCOMING = '.clawmoor/incoming';
const SYSTEM_FOLDER = '/opt/clawmoor/node';
const BAD_CHECKSUM = 97;

export interface NodeStepParts {
  nodePackages: NodePackages;
  version?: string | undefined;
  /** The local trial: nothing is put outside its home folder. */
  homeOnly?: boolean;
}

/**
 * Node 24 and npm, brought by us: a bare server has neither npm nor curl. With root below /opt/clawmoor and linked where nothing
 * else stands; without below the home folder. A Node that others use is never replaced or removed: ours is found first by our own PATH.
 */
export const nodeStep = ({ nodePackages, version, homeOnly = false }: NodeStepParts): Step<unknown, unknown> => ({
  key: 'node',
  title: 'Install Node.js',
  async done({ host }) {
    const current = await nodeVersion(host);
    return version === undefined ? nodeSuits(current) : current === `v${version}`;
  },
  async apply(context) {
    const { host, signal, log } = context;
    const wanted = version ?? NODE_VERSION;
    const architecture = await supportedArchitecture(host);
    log(`Fetching Node.js ${wanted} for ${architecture} …`);
    const node = await nodePackages.tarball(`node-linux-${architecture}`, wanted, signal);
    const npm = await nodePackages.tarball('npm', NPM_VERSION, signal);
    await host.run(sh`umask 077; mkdir -p ${INCOMING}`);
    await push(context, node, 'node.tgz');
    await push(context, npm, 'npm.tgz');
    const root = !homeOnly && (await mayBeRoot(host));
    const { stdout: home } = await host.run(sh`printf '%s' "$HOME"`);
    const folder = root ? SYSTEM_FOLDER : `${home}/.clawmoor/node`;
    log(`Unpacking into ${folder} …`);
    await context
      .detached({ name: `unpack-${wanted}`, script: unpackScript({ incoming: `${home}/${INCOMING}`, folder, node, npm, root }), root })
      .catch(explain);
    if (root) await host.run(sh`ln -sfn ${SYSTEM_FOLDER} .clawmoor/node`);
    await host.run(sh`rm -rf ${INCOMING}`);
    log(`Node.js ${await nodeVersion(host)}`);
  },
});

/** `v24.21.0`, or an empty string; only counts where npm works as well. */
export async function nodeVersion(host: Host): Promise<string> {
  const ask = sh`v=$(node -v 2>/dev/null) && npm -v >/dev/null 2>&1 && printf '%s' "$v"; :`;
  return (await host.run(ask)).stdout.trim().slice(0, 40);
}

async function supportedArchitecture(host: Host): Promise<string> {
  const ask = sh`uname -s; uname -m; ls /lib/ld-musl-* >/dev/null 2>&1 && echo musl || echo glibc`;
  const [system = '', machine = '', libc = ''] = (await host.run(ask)).stdout.trim().split('\n');
  const architecture = ARCHITECTURES[machine];
  if (system !== 'Linux' || architecture === undefined || libc !== 'glibc') throw archUnsupported(machine.slice(0, 20), libc.slice(0, 20));
  return architecture;
}

async function push({ host, signal, log }: StepContext, { file, size, sha256 }: Tarball, name: string): Promise<void> {
  const path = `${INCOMING}/${name}`;
  if (await host.test(sh`printf '%s  %s\n' ${sha256} ${path} | sha256sum -c >/dev/null 2>&1`)) return;
  let told = 0;
  await host.upload(createReadStream(file, { highWaterMark: 256 * 1024 }), path, {
    mode: 0o600,
    signal,
    onProgress(bytes) {
      const percent = Math.floor((bytes / size) * 4) * 25;
      if (percent > told && percent < 100) log(`Sending ${name}: ${percent} %`);
      told = Math.max(told, percent);
    },
  });
}

async function mayBeRoot(host: Host): Promise<boolean> {
  try {
    await host.run(sh`true`, { root: true });
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code.startsWith('ssh.sudo_')) return false;
    throw error;
  }
}

interface Unpacking {
  incoming: string;
  folder: string;
  node: Tarball;
  npm: Tarball;
  root: boolean;
}

/** Unpacked beside and moved into place at the end: a run that is cut off leaves the old one usable. */
const unpackScript = ({ incoming, folder, node, npm, root }: Unpacking): string =>
  sh`set -e
umask 022
cd ${incoming}
printf '%s  node.tgz\n%s  npm.tgz\n' ${node.sha256} ${npm.sha256} | sha256sum -c || exit ${BAD_CHECKSUM}
new=${`${folder}.new`}; old=${`${folder}.old`}
rm -rf "$new" "$old"; mkdir -p "$new/lib/node_modules/npm"
# What failed leaves no half of Node on a disk that it may have filled.
fail() { c=$?; [ $c = 0 ] && return; a=$(df -Pk "$new" | awk 'NR==2{print $4}'); rm -rf "$new"; [ "\${a:-9999}" -lt 1024 ] && echo 'No space left on device'; exit $c; }
trap fail EXIT
tar xzf node.tgz -C "$new" --strip-components=1 --no-same-owner --exclude='*/include' --exclude='*/share'
tar xzf npm.tgz -C "$new/lib/node_modules/npm" --strip-components=1 --no-same-owner
ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$new/bin/npm"
ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$new/bin/npx"
chmod 755 "$new/bin/node" "$new"/lib/node_modules/npm/bin/*.js
"$new/bin/node" -v
if [ -L ${folder} ]; then rm -f ${folder}; elif [ -e ${folder} ]; then mv ${folder} "$old"; fi
mv "$new" ${folder}; rm -rf "$old"
${root ? linkScript() : sh`:`}`.text;

/** Into /usr/local/bin only where nothing stands, or an older link of ours. */
const linkScript = () => sh`mkdir -p /usr/local/bin
for n in node npm npx; do
  t=$(readlink "/usr/local/bin/$n" 2>/dev/null || true)
  if [ ! -e "/usr/local/bin/$n" ] || [ "$t" = "${SYSTEM_FOLDER}/bin/$n" ]; then ln -sfn "${SYSTEM_FOLDER}/bin/$n" "/usr/local/bin/$n"; fi
done`;

function explain(error: unknown): never {
  if (error instanceof CommandFailed && error.exitCode === BAD_CHECKSUM) throw nodeIntegrity();
  if (error instanceof CommandFailed && /No space left/i.test(error.stdout)) {
    throw new Problem('setup.disk_full', 'The disk of the server is full', {
      fix: 'Node.js needs 250 MB. Free some space (df -h), then retry.',
      cause: error,
    });
  }
  throw error;
}
