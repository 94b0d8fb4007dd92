import type { Host } from '../../lib/host.ts';
import { CommandFailed } from '../../lib/host.ts';
import { sh } from '../../lib/sh.ts';
import { createChannels } from './channels.ts';
import type { Link } from './client.ts';
import { filesOn } from './files.ts';
import { forward } from './forward.ts';
import { createRootAccess } from './root.ts';
import { runCommand, type Runner } from './run.ts';
import { runsOn } from './runs.ts';

const HOME_WITHIN_MS = 20_000;

/** What can be done over one connection. `gone` aborts when the connection ends, for whatever reason. */
export function hostOn(link: Link, { sudoPassword }: { sudoPassword?: string | undefined }): { host: Host; gone: AbortSignal } {
  const ended = new AbortController();
  link.client.once('close', () => ended.abort());
  const channels = createChannels(link.client);
  let home: Promise<string> | undefined;
  const readHome = async (): Promise<string> =>
    (await runCommand(runner, sh`printf '%s' "$HOME"`, { idleTimeoutMs: HOME_WITHIN_MS })).stdout;
  const runner: Runner = {
    channels,
    root: createRootAccess(channels, sudoPassword),
    home: () => (home ??= readHome().catch((error: unknown) => ((home = undefined), Promise.reject(error)))),
  };
  const host: Host = {
    run: (command, options) => runCommand(runner, command, options),
    async test(command, options) {
      try {
        await runCommand(runner, command, options);
        return true;
      } catch (error) {
        if (error instanceof CommandFailed && error.exitCode !== null) return false;
        throw error;
      }
    },
    ...filesOn(runner),
    forward: (port) => forward(runner, port),
    runs: runsOn(runner),
  };
  return { host, gone: ended.signal };
}
