import { createHash } from 'node:crypto';
import type { RagdBundle } from '../../../lib/ragd.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';
import { bestPlaces, readFacts, type Places, type RagFacts } from '../facts.ts';
import type { InstallInput } from '../inputs.ts';
import { noPort, tooSmall, unsupported } from '../rag.problems.ts';

// The service takes 70 MB when it has nothing to do, and a document that is read 150 more.
const MEMORY_BYTES = 200_000_000;
// Two versions of 10 MB, and a first collection.
const DISK_BYTES = 200_000_000;
const MACHINES: Record<string, 'x64' | 'arm64'> = { x86_64: 'x64', aarch64: 'arm64', arm64: 'arm64' };
const INCOMING = '.clawmoor/incoming';

export interface InstallParts {
  bundle: RagdBundle;
}

type Context = StepContext<InstallInput>;

export async function lookAt({ host, input, signal }: Context): Promise<{ facts: RagFacts; places: Places }> {
  const facts = await readFacts(host, { ...input, signal });
  return { facts, places: await bestPlaces(host, facts, input.trial) };
}

const looked = new WeakSet<AbortSignal>();

/** Looks whether the document search can run here. Nothing is changed. */
export const preflightStep: Step<InstallInput> = {
  key: 'preflight',
  title: 'Check memory, disk and port',
  done: async ({ signal }) => looked.has(signal),
  async apply(context) {
    const { facts, places } = await lookAt(context);
    if (facts.kernel !== 'Linux' || facts.libc !== 'glibc' || MACHINES[facts.arch] === undefined) throw unsupported(facts.arch, facts.libc);
    if (facts.diskFreeBytes < DISK_BYTES) throw tooSmall('disk', facts.diskFreeBytes, DISK_BYTES);
    // What is there already has found its place.
    if (facts.kind === undefined && facts.memAvailableBytes < MEMORY_BYTES) throw tooSmall('memory', facts.memAvailableBytes, MEMORY_BYTES);
    if (facts.port === undefined && facts.freePort === undefined) throw noPort();
    context.log(
      {
        system: 'As a service of the machine, with a user of its own.',
        user: 'As a service of the user who logs in.',
        supervised: 'There is no systemd to use: under a supervisor of the user who logs in.',
      }[places.kind],
    );
    looked.add(context.signal);
  },
};

/** Brings the files of this version; what runs is not touched yet. */
export const copyStep = ({ bundle }: InstallParts): Step<InstallInput> => ({
  key: 'copy',
  title: 'Copy the document search',
  async done(context) {
    const { places } = await lookAt(context);
    const manifest = `${places.folder}/${bundle.version}/manifest.json`;
    return context.host.test(sh`printf '%s  %s\n' ${bundle.sha256} ${manifest} | sha256sum -c >/dev/null 2>&1`);
  },
  async apply(context) {
    const { host, signal, log } = context;
    const { facts, places } = await lookAt(context);
    const machine = MACHINES[facts.arch];
    if (machine === undefined) throw unsupported(facts.arch, facts.libc);
    const archive = await bundle.pack(machine);
    log(`Sending ${(archive.length / 1024 ** 2).toFixed(1)} MB …`);
    await host.run(sh`umask 077; mkdir -p ${INCOMING}`);
    const path = `${facts.home}/${INCOMING}/ragd.tgz`;
    await host.upload(archive, path, { mode: 0o600, signal });
    const sha256 = createHash('sha256').update(archive).digest('hex');
    await host.run(unpack({ archive: path, sha256, ...places, version: bundle.version }), { root: places.kind === 'system', signal });
    await host.run(sh`rm -f ${path}`);
  },
});

/** Unpacked beside and moved into place at the end: a copy that is cut off leaves what runs usable. */
const unpack = ({ archive, sha256, folder, version }: Places & { archive: string; sha256: string; version: string }) => sh`set -e
umask 022
printf '%s  %s\n' ${sha256} ${archive} | sha256sum -c >/dev/null
mkdir -p ${folder}
cd ${folder}
rm -rf ${`${version}.new`} ${`${version}.old`}
mkdir ${`${version}.new`}
tar xzf ${archive} -C ${`${version}.new`} --no-same-owner
if [ -e ${version} ]; then mv ${version} ${`${version}.old`}; fi
mv ${`${version}.new`} ${version}
rm -rf ${`${version}.old`}`;
