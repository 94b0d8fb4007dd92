import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild, type Child } from '../child.ts';

export interface BenchRagd {
  folder: string;
  child: Child;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of many shapes, of which the benchmark reads numbers
  call: (method: string, path: string, body?: object | Buffer) => Promise<any>;
  settled: (agent: string) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** A folder for the service's data, with an admin token. */
export function dataFolder(script: string): { folder: string; token: string } {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-bench-ragd-'));
  return { folder, token: execFileSync(process.execPath, [script, 'token', '--data', folder], { encoding: 'utf8' }).trim() };
}

/** The bundle as it runs on a server. */
export async function startService(script: string, { folder, token }: { folder: string; token: string }): Promise<BenchRagd> {
  const child = await startChild([script, 'serve', '--data', folder, '--listen', '127.0.0.1:0']);
  const call: BenchRagd['call'] = async (method, path, body) => {
    const response = await fetch(`${child.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  return {
    folder,
    child,
    call,
    async settled(agent) {
      for (;;) {
        const { states } = await call('GET', `/agents/${agent}`);
        if (states.queued + states.parsing + states.embedding === 0) return;
        await delay(100);
      }
    },
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const residentMiB = (pid: number): number => {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has just ended
  }
};

/** The service with the processes it started: what a limit on its unit would count. */
export function unitMiB(pid: number): number {
  let children: number[] = [];
  try {
    children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return 0;
  }
  return residentMiB(pid) + children.reduce((sum, child) => sum + residentMiB(child), 0);
}
