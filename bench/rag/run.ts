// npm run bench:rag: the retrieval service against its targets, and two other engines beside it, in one table of one run.
// IR_COLLECTIONS=<folder> adds quality on each collection in it: docs.jsonl.gz {id, title?, text}, queries.jsonl {id, text}, qrels.tsv.
// `npm run bench:rag -- speed ingest` runs parts.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundle } from '../../ragd/build.mjs';
import { holds, machine, table, type Figure } from '../report.ts';
import { savePage } from '../save.ts';
import { besideFigures } from './beside.ts';
import { ingestFigures } from './ingest.ts';
import { qualityFigures } from './quality.ts';
import { dataFolder, startService } from './service.ts';
import { speedFigures } from './speed.ts';

const SIZES = [5_000, 100_000];
const work = mkdtempSync(join(tmpdir(), 'clawmoor-bench-bundle-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
const bundle = await buildBundle({ outDir: work });
const script = join(bundle.folder, 'ragd.mjs');

async function installed(): Promise<Figure[]> {
  await using ragd = await startService(script, dataFolder(script));
  return [
    { id: 'size', what: 'bundle for both architectures', unit: 'MiB', ours: bundle.bytes / 1024 ** 2, target: { op: '<=', value: 60 } },
    { id: 'start', what: 'from its start to its first answer', unit: 'ms', ours: ragd.child.upMs },
    { id: 'rss-idle', what: 'memory without work', unit: 'MiB', ours: ragd.child.usage().rssMiB },
  ];
}

const each = async (part: (passages: number) => Promise<Figure[]>): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const passages of SIZES) figures.push(...(await part(passages)));
  return figures;
};

const collections = process.env['IR_COLLECTIONS'];
const PARTS: Record<string, () => Promise<Figure[]>> = {
  install: installed,
  speed: () => each((passages) => speedFigures(script, passages)),
  ingest: () => ingestFigures(script),
  quality: async () => (collections === undefined ? [] : qualityFigures(collections)),
  beside: () => each(besideFigures),
};

const chosen = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const figures: Figure[] = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(PARTS)) {
  const part = PARTS[name];
  if (!part) throw new Error(`There is no part ${name}; there are ${Object.keys(PARTS).join(', ')}`);
  process.stderr.write(`measuring ${name} …\n`);
  if (name === 'quality' && collections === undefined) process.stderr.write('quality is not measured: IR_COLLECTIONS names no folder\n');
  figures.push(...(await part()));
}
const missed = figures.filter((figure) => holds(figure) === false);
const judged = figures.filter((figure) => figure.target !== undefined).length;
// Times of a busy machine are too long by as much as it is busy.
process.stdout.write(
  `${machine()}, load ${loadavg()[0]?.toFixed(1)}\n\n${table(figures)}\n\n${judged - missed.length} of ${judged} targets met\n`,
);
if (process.argv.includes('--save')) {
  savePage('performance-documents', {
    title: 'Performance of the document search',
    command: 'IR_COLLECTIONS=<folder> npm run bench:rag -- --save',
    at: new Date().toISOString(),
    machine: machine(),
    figures,
  });
}
process.exitCode = missed.length === 0 ? 0 : 1;
