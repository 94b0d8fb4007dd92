import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from '../../deploy/toolbox.mjs';
import type { Figure } from '../report.ts';

/** Exactly these; they are installed into a temporary folder for the run, so that nobody who installs Clawmoor gets 250 MB of them. */
const PACKAGES = { '@lancedb/lancedb': '0.39.0', 'apache-arrow': '18.1.0', '@orama/orama': '3.1.18' };
const ENGINES = ['lancedb', 'orama'] as const;
const WITHIN_MS = 600_000;
/** Orama keeps everything in memory: 100,000 passages would need 3 GB and more. */
const ORAMA_AT_MOST = 20_000;

interface Measured {
  p50: number;
  p95: number;
  rssMiB: number;
  buildSeconds: number;
}

/** The same passages, vectors and questions in two other engines; none of them has a target. */
export async function besideFigures(passages: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-bench-beside-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: PACKAGES }));
    const { status, stderr } = npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'], { cwd: folder });
    if (status !== 0) {
      process.stderr.write(`LanceDB and Orama are left out: ${String(stderr).trim().split('\n').at(-1)}\n`);
      return [];
    }
    mkdirSync(join(folder, 'bench'));
    for (const name of ['beside-child.ts', 'corpus.ts']) cpSync(join(import.meta.dirname, name), join(folder, 'bench', name));
    const figures: Figure[] = [];
    for (const engine of ENGINES) {
      const many = engine === 'orama' ? Math.min(passages, ORAMA_AT_MOST) : passages;
      figures.push(...figuresOf(engine, { passages: many, measured: await measure(folder, [engine, String(many)]) }));
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(engine: string, { passages, measured }: { passages: number; measured: Measured }): Figure[] {
  const label = `${passages / 1_000}k × 768`;
  const { p50, p95, rssMiB, buildSeconds } = measured;
  const note = `p50 ${p50.toFixed(1)} ms, built in ${buildSeconds.toFixed(0)} s, no fusion`;
  return [
    { id: `${engine}-${passages / 1_000}k`, what: `${engine}: vectors and words p95, ${label}`, unit: 'ms', ours: p95, note },
    { id: `${engine}-rss-${passages / 1_000}k`, what: `${engine}: memory while asked, ${label}`, unit: 'MiB', ours: rssMiB },
  ];
}

function measure(folder: string, words: string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--max-old-space-size=4096', join(folder, 'bench/beside-child.ts'), ...words], {
      cwd: folder,
      env: { ...process.env, RUST_LOG: 'error' }, // LanceDB warns at every question
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: WITHIN_MS,
    });
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Measured) : reject(new Error(`${words.join(' ')} ended with ${code}`)),
    );
  });
}
