import * as z from 'zod/mini';
import type { Host } from '../../../lib/host.ts';
import { Problem } from '../../../lib/problem.ts';
import { Command, sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';
import type { RagAccess } from '../access.ts';
import { SYSTEM_FOLDER, type Places } from '../facts.ts';
import type { InstallInput } from '../inputs.ts';
import { noPort, notStarted, rolledBack } from '../rag.problems.ts';
import { lookAt, type InstallParts } from './copy.step.ts';
import { comesUp, isSettled, lastWords, startService, stopService, versionAt } from './service.ts';

export interface StartParts extends InstallParts {
  access: RagAccess;
}

type Context = StepContext<InstallInput>;

/** Lets `current` lead to this version and starts it; where it does not come up, what ran before runs again. */
export const startStep = (parts: StartParts): Step<InstallInput> => ({
  key: 'start',
  title: 'Start the document search',
  deadlineMs: 5 * 60_000,
  async done(context) {
    const { facts, places } = await lookAt(context);
    if (facts.version !== parts.bundle.version || facts.port === undefined || facts.kind === undefined) return false;
    const service = { node: await nodeFor(context.host, places), port: facts.port };
    return (
      (await isSettled(context.host, places, service)) &&
      (await versionAt(parts.access, context.host, facts.port, context.signal)) === parts.bundle.version
    );
  },
  async apply(context) {
    const { host, signal } = context;
    const { version } = parts.bundle;
    const { facts, places } = await lookAt(context);
    const port = facts.port ?? facts.freePort;
    if (port === undefined) throw noPort();
    const root = places.kind === 'system';
    await host.run(
      sh`set -e; umask 022; cd ${places.folder}; echo ${port} >port.draft; mv -f port.draft port
now=$(readlink current 2>/dev/null || :)
if [ -n "$now" ] && [ "$now" != ${version} ] && [ -d "$now" ]; then ln -sfn "$now" previous; fi
ln -sfn ${version} current.new; mv -Tf current.new current`,
      { root },
    );
    await startService(host, places, { node: await nodeFor(host, places), port });
    if (await comesUp(parts.access, host, { places, port, version, signal })) return tidy(host, places);
    const words = await lastWords(host, places);
    for (const line of words) context.log(line);
    await putBack(parts, context, words.at(-1) ?? 'it does not answer within a minute');
  },
});

/** What ran before runs again, where there is such. Throws in every case: `rag.rolled_back` or `rag.not_started`. */
export async function putBack({ access, bundle }: StartParts, context: Context, why: string): Promise<never> {
  const { host, signal, log } = context;
  const { facts, places } = await lookAt(context);
  const { previous, port } = facts;
  if (previous === '' || previous === bundle.version || port === undefined) throw notStarted(why.slice(0, 200));
  log(`Putting ${previous} back …`);
  await stopService(host, places);
  // A version opens no database of a newer one: those that were brought up to date since `port` was written get their copy back.
  await host.run(
    sh`set -e; cd ${places.folder}; ln -sfn ${previous} current.new; mv -Tf current.new current
find ${places.data}/agents -name 'index.sqlite.before-*' -newer port 2>/dev/null | while read -r copy; do
  db=\${copy%.before-*}; mv -f "$copy" "$db"; rm -f "$db-wal" "$db-shm"
done`,
    { root: places.kind === 'system' },
  );
  await startService(host, places, { node: await nodeFor(host, places), port });
  if (await comesUp(access, host, { places, port, version: previous, signal }))
    throw rolledBack(bundle.version, previous, why.slice(0, 200));
  throw notStarted(why.slice(0, 200));
}

/** Versions before the last one are not gone back to. */
async function tidy(host: Host, { kind, folder }: Places): Promise<void> {
  await host.run(
    sh`cd ${folder} || exit 0; now=$(readlink current); before=$(readlink previous 2>/dev/null)
for one in */manifest.json; do v=\${one%/manifest.json}; [ -L "$v" ] || [ "$v" = "$now" ] || [ "$v" = "$before" ] || rm -rf "$v"; done; :`,
    { root: kind === 'system' },
  );
}

/** The program by its whole path. A user of its own cannot read the home folders of others: then it gets a link or copy of its own. */
async function nodeFor(host: Host, { kind }: Places): Promise<string> {
  const { stdout } = await host.run(sh`p=$(command -v node) && readlink -f "$p"`);
  const node = stdout.trim();
  if (kind !== 'system' || !/^\/(home|root)\//.test(node)) return node;
  const own = `${SYSTEM_FOLDER}/node`;
  await host.run(
    sh`cmp -s ${node} ${own} || { rm -f ${`${own}.new`}; cp ${node} ${`${own}.new`} && chmod 755 ${`${own}.new`} && mv -f ${`${own}.new`} ${own}; }`,
    {
      root: true,
    },
  );
  return own;
}

const Status = z.object({ agents: z.number() });

/** Clawmoor's own token for the service; only its hash is kept on the server. */
export const tokenStep = ({ access }: StartParts): Step<InstallInput> => ({
  key: 'token',
  title: 'Connect Clawmoor to it',
  async done({ host, serverId, signal, input }) {
    const { facts } = await lookAt({ host, serverId, signal, input } as Context);
    if (facts.port === undefined || (await access.portOf(serverId)) !== facts.port) return false;
    try {
      await (await access.open(host, serverId, signal)).ask({ method: 'GET', path: '/status', answers: Status });
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'rag.not_installed') return false;
      throw error;
    }
  },
  async apply(context) {
    const { host, serverId } = context;
    const { facts, places } = await lookAt(context);
    const node = await nodeFor(host, places);
    const make = sh`${node} ${`${places.folder}/current/ragd.mjs`} token --data ${places.data}`;
    const asOwner = places.kind === 'system' ? new Command(`cd / && runuser -u ragd -- ${make.text}`) : make;
    const { stdout } = await host.run(asOwner, { root: places.kind === 'system' });
    if (facts.port === undefined) throw notStarted('its port is not known');
    await access.keep(serverId, { port: facts.port, token: stdout.trim() });
  },
});
