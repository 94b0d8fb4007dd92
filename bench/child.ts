import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Child {
  url: string;
  port: number;
  /** From the spawn to the line with the address, in milliseconds. */
  upMs: number;
  process: ChildProcess;
  /** CPU seconds used so far by the whole process, and its resident memory in MiB. */
  usage: () => { cpuSeconds: number; rssMiB: number };
  [Symbol.asyncDispose]: () => Promise<void>;
}

const UP_WITHIN_MS = 30_000;
const TICKS_PER_SECOND = 100; // what Linux reports in /proc, on every architecture we run on

/** Starts `node …args` and waits until it prints an address on loopback. */
export async function startChild(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Child> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await addressOf(child);
  return {
    url,
    port: Number(new URL(url).port),
    upMs: performance.now() - startedAt,
    process: child,
    usage: () => usageOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const limit = setTimeout(() => fail('was not up in time'), UP_WITHIN_MS);
    const fail = (why: string): void => {
      clearTimeout(limit);
      child.kill('SIGKILL');
      reject(new Error(`${child.spawnargs.join(' ')} ${why}:\n${output}`));
    };
    const read = (chunk: Buffer): void => {
      output += chunk;
      const [, place] = /(?:http:\/\/|listening on )(127\.0\.0\.1:\d+)/.exec(output) ?? [];
      if (place === undefined) return;
      clearTimeout(limit);
      child.stdout?.removeListener('data', read).resume();
      resolve(`http://${place}`);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk));
    child.once('exit', (code) => fail(`ended with ${code}`));
  });
}

/** CPU seconds used so far by a process, and its resident memory in MiB. */
export function usageOf(pid: number): { cpuSeconds: number; rssMiB: number } {
  // Fields 14 and 15 are user and system time; the name in field 2 may hold spaces, so count from the closing bracket.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, rssMiB: Number(rss) / 1024 };
}
