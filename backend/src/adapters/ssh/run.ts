import type { ClientChannel } from 'ssh2';
import { CommandFailed, type Output, type RunOptions } from '../../lib/host.ts';
import type { Command } from '../../lib/sh.ts';
import { DEATH_MS, type Channels } from './channels.ts';
import { endGroup } from './end-group.ts';
import { createHeadTail, createLineSplitter, outputOf } from './output.ts';
import type { RootAccess } from './root.ts';
import { prepare, type Prepared } from './script.ts';
import { commandSilent, connectionLost } from './ssh.problems.ts';

const IDLE_TIMEOUT_MS = 120_000;

export interface Runner {
  channels: Channels;
  root: RootAccess;
  /** `$HOME` of the login, absolute. */
  home: () => Promise<string>;
}

interface Kept {
  /** How much of stdout is kept whole: 64 KiB of its head unless told. */
  keep?: number;
}

/** Runs one command to its end. An abort, or silence, ends its whole process group on the server first. */
export async function runCommand(runner: Runner, command: Command, options: RunOptions & Kept = {}): Promise<Output> {
  options.signal?.throwIfAborted();
  const prepared = prepare(command.text, options.root ? await runner.root.access(options.signal) : {});
  const { signal } = options;
  return runner.channels.exec(prepared.line, (channel) => drive({ runner, channel, command, prepared, options }), {
    ...(signal && { signal }),
  });
}

interface Driven {
  runner: Runner;
  channel: ClientChannel;
  command: Command;
  prepared: Prepared;
  options: RunOptions & Kept;
}

function drive({ runner, channel, command, prepared, options }: Driven): Promise<Output> {
  const { signal, idleTimeoutMs = IDLE_TIMEOUT_MS, onLine, stdin, root = false } = options;
  const [stdout, stderr] = [createHeadTail(options.keep), createHeadTail()];
  const [outLines, errLines] = [
    createLineSplitter((line) => onLine?.(line, 'stdout')),
    createLineSplitter((line) => onLine?.(line, 'stderr')),
  ];
  return new Promise((resolve, reject) => {
    let group: string | undefined;
    let stopped: { reason: unknown } | undefined;
    let exit: { code: number | null } | undefined;
    let forgotten: NodeJS.Timeout | undefined;

    const idle = setTimeout(() => stop(commandSilent(Math.round(idleTimeoutMs / 1000))), idleTimeoutMs);
    const kill = (): void => void (group !== undefined && endGroup(runner, group, root).catch(() => {}));
    const stop = (reason: unknown): void => {
      if (stopped) return;
      stopped = { reason };
      kill();
      forgotten = setTimeout(() => {
        channel.destroy();
        finish(); // its close comes from the server, or never
      }, DEATH_MS);
    };
    const onAbort = (): void => stop(signal?.reason);
    const findGroup = createGroupFinder(prepared.mark, (found) => {
      group = found;
      if (stopped) kill();
    });

    signal?.addEventListener('abort', onAbort, { once: true });
    channel.setEncoding('utf8').on('data', (chunk: string) => {
      idle.refresh();
      const ours = findGroup(chunk);
      stdout.push(ours);
      outLines.push(ours);
    });
    channel.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      idle.refresh();
      stderr.push(chunk);
      errLines.push(chunk);
    });
    channel.on('error', () => {}); // what matters of it arrives as `close`
    channel.on('exit', (code: number | null) => (exit = { code }));
    const finish = (): void => {
      clearTimeout(idle);
      clearTimeout(forgotten);
      signal?.removeEventListener('abort', onAbort);
      outLines.end();
      errLines.end();
      const output = outputOf(stdout.end(), stderr.end());
      if (stopped) reject(stopped.reason);
      else if (!exit) reject(connectionLost());
      else if (exit.code === 0) resolve(output);
      else reject(new CommandFailed(command.text, { exitCode: exit.code, ...output }));
    };
    channel.on('close', finish);
    channel.write(prepared.preamble);
    channel.end(stdin ?? '');
  });
}

/** Swallows everything up to the line with the mark, tells the group that stands on it, and hands the rest through. */
function createGroupFinder(mark: string, found: (group: string) => void): (chunk: string) => string {
  let held: string | undefined = '';
  return (chunk) => {
    if (held === undefined) return chunk;
    held += chunk;
    const at = held.indexOf(mark);
    const end = at < 0 ? -1 : held.indexOf('\n', at);
    if (end < 0) {
      held = held.slice(-4096); // rc files may chatter; the mark comes last
      return '';
    }
    found(held.slice(at + mark.length, end).trim());
    const rest = held.slice(end + 1);
    held = undefined;
    return rest;
  };
}
