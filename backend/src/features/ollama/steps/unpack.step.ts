import type { Host } from '../../../lib/host.ts';
import { Problem } from '../../../lib/problem.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step } from '../../../tasks/plan.ts';
import { downloadScript } from '../download-script.ts';
import { HOME_FOLDER, readFacts, SYSTEM_FOLDER, type OllamaFacts, type OllamaKind } from '../facts.ts';
import type { InstallInput } from '../inputs.ts';
import { explainDownload, notOurs, unsupported } from '../ollama.problems.ts';
import { percentOf } from '../pull-script.ts';
import { archiveUrl, machineOf } from '../release.ts';
import { isAdopted } from './preflight.step.ts';

/** Downloads a release, checks it and unpacks what a processor needs. */
export const unpackStep: Step<InstallInput> = {
  key: 'ollama-unpack',
  title: 'Download and unpack Ollama',
  deadlineMs: 3 * 60 * 60_000,
  async done({ host, input, signal }) {
    const facts = await readFacts(host, { ...input, signal });
    if (isAdopted(facts)) {
      if (input.exact) throw notOurs();
      return true;
    }
    const folder = folderOf(await bestKind(host, facts, input.trial), facts);
    const version = await host.readFile(`${folder}/version`);
    return version !== undefined && (!input.exact || version === input.version);
  },
  async apply({ host, input, signal, detached }) {
    const facts = await readFacts(host, { ...input, signal });
    const machine = machineOf(facts.arch);
    if (machine === undefined || input.sha256[machine] === '') throw unsupported(facts.arch, facts.libc);
    const kind = await bestKind(host, facts, input.trial);
    const node = (await host.run(sh`command -v node`)).stdout.trim();
    const script = downloadScript({
      node,
      url: archiveUrl(input.base, input.version, machine),
      sha256: input.sha256[machine],
      version: input.version,
      folder: folderOf(kind, facts),
      link: kind === 'system',
    });
    await detached({ name: `unpack-${input.version}`, script, percentOf, ...(kind === 'system' && { root: true }) }).catch(
      (error: unknown) => explainDownload(error, input.version),
    );
  },
};

export const folderOf = (kind: OllamaKind, { home }: OllamaFacts): string => (kind === 'system' ? SYSTEM_FOLDER : `${home}/${HOME_FOLDER}`);

/** The best that the server offers: a user of its own with systemd, else the login's systemd, else our supervisor. */
export async function bestKind(host: Host, { kind, systemd, userBus }: OllamaFacts, trial: boolean | undefined): Promise<OllamaKind> {
  if (trial) return 'supervised';
  if (kind) return kind;
  if (systemd && (await mayBeRoot(host))) return 'system';
  return userBus ? 'user' : 'supervised';
}

async function mayBeRoot(host: Host): Promise<boolean> {
  try {
    return await host.test(sh`true`, { root: true });
  } catch (error) {
    if (error instanceof Problem && error.code.startsWith('ssh.sudo_')) return false;
    throw error;
  }
}
