import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCli, ROOT } from '../../deploy/toolbox.mjs';

export const BUNDLE = join(ROOT, 'cli/dist/clawmoor.mjs');

export interface CliAnswer {
  code: number | null;
  stdout: string;
  stderr: string;
  /** stdout as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  json: any;
}

export interface RunningCli {
  pid: number;
  stdout: () => string;
  stderr: () => string;
  /** Resolves with what matched, on either stream. */
  until: (wanted: RegExp) => Promise<RegExpExecArray>;
  type: (text: string) => void;
  kill: (signal: NodeJS.Signals) => void;
  ended: Promise<CliAnswer>;
}

export interface CliOptions {
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** At a terminal of its own, with what it shows on one stream. */
  terminal?: boolean;
}

export interface TestCli {
  /** `$XDG_CONFIG_HOME` and the folder in which it runs. */
  home: string;
  start: (words: string[], options?: CliOptions) => RunningCli;
  run: (words: string[], options?: CliOptions) => Promise<CliAnswer>;
  /** With `CLAWMOOR_TOKEN` in the environment. */
  as: (who: { token: string }) => TestCli;
  env: Record<string, string>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The command line as people get it, the one file, as a process of its own; with a home that nobody else has. */
export async function createCli(address?: string, node = process.execPath): Promise<TestCli> {
  buildCli();
  const home = await mkdtemp(join(tmpdir(), 'clawmoor-cli-'));
  const base = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CONFIG_HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    NODE_COMPILE_CACHE: join(tmpdir(), 'clawmoor-cli-cache'),
  };
  const withEnv = (env: Record<string, string>): TestCli => {
    const start: TestCli['start'] = (words, options = {}) =>
      startProcess([node, BUNDLE, ...words], { cwd: home, ...options, env: { ...env, ...options.env } });
    return {
      home,
      env,
      start,
      run: (words, options) => start(words, options).ended,
      as: ({ token }) => withEnv({ ...env, CLAWMOOR_TOKEN: token }),
      [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
    };
  };
  return withEnv({ ...base, ...(address !== undefined && { CLAWMOOR_ADDRESS: address }) });
}

export function startProcess(command: string[], { input, env = {}, cwd, terminal = false }: CliOptions): RunningCli {
  // util-linux's `script` gives it a real terminal.
  const [file = '', ...args] = terminal ? ['script', '-qec', command.map(quoted).join(' '), '/dev/null'] : command;
  const child = spawn(file, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  const wakes = new Set<() => void>();
  const wake = (): void => wakes.forEach((each) => each());
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), wake()));
  child.stderr.setEncoding('utf8').on('data', (text: string) => ((stderr += text), wake()));
  // It may end before it has read.
  child.stdin.on('error', () => {});
  if (input !== undefined || !terminal) child.stdin.end(input);
  const ended = new Promise<CliAnswer>((resolve) =>
    child.once('close', (code) => (wake(), resolve({ code, stdout, stderr, json: parsed(stdout) }))),
  );
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    async until(wanted) {
      for (;;) {
        const found = wanted.exec(stdout) ?? wanted.exec(stderr);
        if (found) return found;
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before ${wanted}:\n${stdout}${stderr}`);
        await new Promise<void>((resolve) => wakes.add(resolve));
      }
    },
    type: (text) => child.stdin.write(text),
    kill: (signal) => child.kill(signal),
    ended,
  };
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
