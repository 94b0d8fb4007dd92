import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from './report.ts';

const run = promisify(execFile);
const PROCESSES = 4;
const SERVERS = 500;
// An interval of a minute with the first connections, then two in which gateways die: nothing is scaled.
const SECONDS = 195;
const INTERVALS = 3;
const ANCHORS = join(import.meta.dirname, 'anchors');

interface Cost {
  servers: number;
  looks: number;
  failed: number;
  samples: number;
  p99Ms: number;
  rssMiB: number;
  latestMs: number;
  died: number;
  falseAlarms: number;
  seenAfterMs: number | null;
  cpuPercent: number;
}

/** P18: 500 servers, each with a gateway, in other processes on this machine, watched each minute by one process. */
export async function watchingFigures(): Promise<Figure[]> {
  const children: ChildProcess[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-bench-watching-'));
  try {
    const groups = await Promise.all(Array.from({ length: PROCESSES }, () => startServers(children)));
    writeFileSync(join(folder, 'servers.json'), `[${groups.join(',')}]`);
    const panel = [join(ANCHORS, 'watching-panel.ts'), join(folder, 'servers.json'), String(SECONDS)];
    const { stdout } = await run(process.execPath, panel, { timeout: (SECONDS + 120) * 1000, maxBuffer: 1024 * 1024 });
    return figuresOf(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Cost); // printed by our own script
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function startServers(children: ChildProcess[]): Promise<string> {
  const words = [join(ANCHORS, 'watched-servers.mjs'), String(SERVERS / PROCESSES)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
      if (text.endsWith('\n')) resolve(text.trim());
    });
    child.once('exit', (code) => reject(new Error(`the servers ended with ${code}`)));
  });
}

function figuresOf(cost: Cost): Figure[] {
  const { servers, looks, failed, samples, p99Ms, rssMiB, latestMs, cpuPercent } = cost;
  const what = `${servers} servers watched each minute`;
  const missing = INTERVALS * servers - (looks - failed);
  return [
    { id: 'P18', what: `${what}: event loop, p99`, unit: 'ms', ours: p99Ms, target: { op: '<=', value: 50 } },
    { id: 'P18', what: `${what}: memory`, unit: 'MiB', ours: rssMiB, target: { op: '<=', value: 600 } },
    { id: 'P18', what: `${what}: latest look`, unit: 's late', ours: latestMs / 1000, target: { op: '<=', value: 10 } },
    { id: 'P18', what: `${what}: looks missing in ${SECONDS} s`, unit: '', ours: Math.max(0, missing), target: { op: '<=', value: 0 } },
    {
      id: 'P18',
      what: `${what}: the latest of ${cost.died} dead gateways is known`,
      unit: 's after',
      ours: (cost.seenAfterMs ?? Number.POSITIVE_INFINITY) / 1000,
      target: { op: '<=', value: 120 },
      note: `${cost.falseAlarms} false alarms`,
    },
    {
      id: 'P18',
      what: `${what}: processor`,
      unit: '% of a core',
      ours: cpuPercent,
      note: `${looks} looks, ${failed} failed, ${samples} samples`,
    },
  ];
}
