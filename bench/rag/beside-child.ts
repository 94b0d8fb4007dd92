// One other engine in a process of its own, so that its memory can be told: node beside-child.ts ENGINE PASSAGES prints JSON.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createCorpus } from './corpus.ts';

const DIMENSIONS = 768;
const ASKED = 200;
const BATCH = 5_000;
const [engine = '', passages = '0'] = process.argv.slice(2);
const corpus = createCorpus({ dimensions: DIMENSIONS, seed: Number(passages) });

type Ask = (words: string, vector: number[]) => Promise<unknown>;
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    id: String(from + index),
    text: corpus.passage(),
    vector: Array.from(corpus.vector()),
  }));

// oxlint-disable-next-line typescript/no-explicit-any -- these packages are there only while the benchmark runs, so nobody has their types
const load = async (name: string): Promise<any> => import(name);

async function lancedb(total: number): Promise<Ask> {
  const { connect, Index } = await load('@lancedb/lancedb');
  const folder = mkdtempSync(join(process.cwd(), 'lance-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const db = await connect(folder);
  const table = await db.createTable('passages', rows(0, Math.min(BATCH, total)));
  for (let from = BATCH; from < total; from += BATCH) await table.add(rows(from, Math.min(from + BATCH, total)));
  await table.createIndex('text', { config: Index.fts() });
  return async (words, vector) => {
    await table.vectorSearch(vector).distanceType('cosine').limit(100).select(['id']).toArray();
    await table.search(words, 'fts', 'text').limit(100).select(['id']).toArray();
  };
}

async function orama(total: number): Promise<Ask> {
  const { create, insertMultiple, search } = await load('@orama/orama');
  const db = await create({ schema: { id: 'string', text: 'string', vector: `vector[${DIMENSIONS}]` } });
  for (let from = 0; from < total; from += BATCH) await insertMultiple(db, rows(from, Math.min(from + BATCH, total)));
  return async (words, vector) => {
    await search(db, { mode: 'vector', vector: { value: vector, property: 'vector' }, limit: 100, similarity: 0 });
    await search(db, { term: words, limit: 100 });
  };
}

const startedAt = performance.now();
const ENGINES: Record<string, (total: number) => Promise<Ask>> = { lancedb, orama };
const ask = await ENGINES[engine]?.(Number(passages));
if (!ask) throw new Error(`There is no engine ${engine}`);
const buildSeconds = (performance.now() - startedAt) / 1_000;
const ms: number[] = [];
for (let asked = 0; asked < ASKED; asked++) {
  const [words, vector] = [corpus.question(), Array.from(corpus.vector())];
  const askedAt = performance.now();
  await ask(words, vector);
  ms.push(performance.now() - askedAt);
}
const sorted = ms.toSorted((a, b) => a - b);
const rssMiB = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
process.stdout.write(JSON.stringify({ p50: sorted[ASKED / 2], p95: sorted[Math.floor(ASKED * 0.95)], rssMiB, buildSeconds }));
process.exit(0);
