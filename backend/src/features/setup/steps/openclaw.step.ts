import { CommandFailed, type Host } from '../../../lib/host.ts';
import type { NodePackages } from '../../../lib/node-packages.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step } from '../../../tasks/plan.ts';
import { nodeMissing, npmProblem } from '../setup.problems.ts';
import { DEFAULT_OPENCLAW, nodeSuits } from '../versions.ts';
import { nodeVersion } from './node.step.ts';

/**
 * OpenClaw from npm, for the login user, below ~/.npm-global; linked into ~/.local/bin, where later logins find it. Without `version`
 * whatever is installed will do; a dist-tag means the version behind it now.
 */
export const openclawStep = ({
  nodePackages,
  version,
}: {
  nodePackages: NodePackages;
  version?: string | undefined;
}): Step<unknown, unknown> => ({
  key: 'openclaw',
  title: 'Install OpenClaw',
  deadlineMs: 30 * 60_000,
  async done({ host, signal }) {
    const current = await openclawVersion(host);
    if (current === undefined) return false;
    return version === undefined || current === (await concrete(nodePackages, version, signal));
  },
  async apply({ host, signal, detached, log }) {
    if (!nodeSuits(await nodeVersion(host))) throw nodeMissing();
    const wanted = version ?? DEFAULT_OPENCLAW;
    const resolved = await concrete(nodePackages, wanted, signal).catch(() => wanted); // the server asks its own registry then
    log(`Installing OpenClaw ${resolved}; this takes one to five minutes.`);
    await detached({ name: `npm-${resolved}`, script: installScript(resolved) }).catch((error: unknown) => {
      if (error instanceof CommandFailed) throw npmProblem({ exitCode: error.exitCode, output: error.stdout, version: wanted });
      throw error;
    });
  },
});

const concrete = async (nodePackages: NodePackages, version: string, signal: AbortSignal): Promise<string> =>
  /^\d/.test(version) ? version : nodePackages.latest('openclaw', version, signal);

// `http` prints a line per package: who watches sees that it lives.
const installScript = (version: string): string =>
  sh`set -e
mkdir -p "$HOME/.npm-global" "$HOME/.local/bin"
npm install --global --prefix "$HOME/.npm-global" --no-fund --no-audit --no-update-notifier --no-progress --loglevel=http ${`openclaw@${version}`} 2>&1
ln -sfn "$HOME/.npm-global/bin/openclaw" "$HOME/.local/bin/openclaw"
openclaw --version`.text;

/** `2026.9.6`, or `undefined` when it is not installed or does not start. */
export async function openclawVersion(host: Host): Promise<string | undefined> {
  const { stdout } = await host.run(sh`openclaw --version 2>/dev/null; :`);
  return /(\d{4}\.\d+\.\d+(?:-[\w.]+)?)/.exec(stdout.slice(0, 200))?.[1];
}
