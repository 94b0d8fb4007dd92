import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median, type Figure } from './report.ts';

const run = promisify(execFile);
const ANCHORS = join(import.meta.dirname, 'anchors');
const CONNECTIONS = 200;
const ROUNDS = 3;

interface Cost {
  ms: number;
  failed: number;
  p99Ms: number;
  kib: number;
}

/** P12: a connection to each of 200 servers, all asked for at once by one process. */
export async function connectionFigures(): Promise<Figure[]> {
  const servers = spawn(process.execPath, [join(ANCHORS, 'watched-servers.mjs'), String(CONNECTIONS + 1)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const line = await new Promise<string>((resolve, reject) => {
      let text = '';
      servers.stdout.on('data', (chunk: Buffer) => (text += chunk).endsWith('\n') && resolve(text.trim()));
      servers.once('exit', (code) => reject(new Error(`the servers ended with ${code}`)));
    });
    const costs: Cost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { stdout } = await run(process.execPath, [join(ANCHORS, 'many-connections.ts'), line], { timeout: 120_000 });
      costs.push(JSON.parse(stdout) as Cost);
    }
    const of = (part: keyof Cost): number => median(costs.map((cost) => cost[part]));
    const what = `${CONNECTIONS} servers connected to at once`;
    return [
      {
        id: 'P12',
        what: `${what}: event loop, p99`,
        unit: 'ms',
        ours: of('p99Ms'),
        target: { op: '<=', value: 10 },
        note: `all after ${Math.round(of('ms'))} ms`,
      },
      { id: 'P12', what: `${what}: memory each`, unit: 'KiB', ours: of('kib'), target: { op: '<=', value: 150 } },
      { id: 'P12', what: `${what}: failed`, unit: '', ours: of('failed'), target: { op: '<=', value: 0 } },
    ];
  } finally {
    servers.kill('SIGKILL');
  }
}
