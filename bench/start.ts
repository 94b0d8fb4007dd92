import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from './child.ts';
import { median, type Figure } from './report.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 7;
const IDLE_MS = 1_500;

/** P15: from the spawn to the first 200, and the memory of an idle process, against a bare HTTP server. */
export async function startFigures(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'clawmoor-bench-start-'));
  const ours = { ms: [] as number[], rss: [] as number[] };
  const bare = { ms: [] as number[], rss: [] as number[] };
  // One start before: it makes the database, the keys and the compile cache, as every later start finds them.
  await once([join(ROOT, 'backend/dist/main.mjs')], '/api/health/live', folder);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kept, args, path] of [
      [ours, [join(ROOT, 'backend/dist/main.mjs')], '/api/health/live'],
      [bare, [join(ROOT, 'bench/anchors/bare-http.mjs')], '/'],
    ] as const) {
      const { ms, rss } = await once([...args], path, folder);
      kept.ms.push(ms);
      kept.rss.push(rss);
    }
  }
  await rm(folder, { recursive: true, force: true });
  return [
    {
      id: 'P15',
      what: 'start to the first 200',
      unit: 'ms',
      ours: median(ours.ms),
      anchor: { name: 'bare node:http', value: median(bare.ms) },
      target: { op: '<=', value: 3 },
    },
    {
      id: 'P15',
      what: 'memory of an idle process',
      unit: 'MiB',
      ours: median(ours.rss),
      anchor: { name: 'bare node:http', value: median(bare.rss) },
      target: { op: '<=', value: 1.6 },
    },
  ];
}

async function once(args: string[], path: string, dataDir: string): Promise<{ ms: number; rss: number }> {
  const startedAt = performance.now();
  await using child = await startChild(args, { PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
  const { status } = await fetch(`${child.url}${path}`);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  const ms = performance.now() - startedAt;
  await delay(IDLE_MS);
  return { ms, rss: child.usage().rssMiB };
}
