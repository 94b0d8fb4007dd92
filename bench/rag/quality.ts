import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openCollection, type Collection } from '../../ragd/src/collection.ts';
import { createAskModel } from '../../ragd/src/embed/ask-model.ts';
import { embedNext } from '../../ragd/src/embed/embed-next.ts';
import { fuse } from '../../ragd/src/retrieve/fuse.ts';
import { ndcg } from '../../ragd/src/retrieve/measures.ts';
import { candidates } from '../../ragd/src/retrieve/query.ts';
import { Settings } from '../../ragd/src/settings.ts';
import { chunkHash } from '../../ragd/src/store/chunks.store.ts';
import { transaction } from '../../ragd/src/store/database.ts';
import { startEmbeddingServer } from '../../test/support/embedding-server.ts';
import type { Figure } from '../report.ts';

/** The encoder of the tests is weak at finding; a model of its kind gets this share. */
const WEIGHT = 0.3;
const BM25_AT_LEAST: Record<string, number> = { scifact: 0.67 };

interface Collected {
  documents: { id: string; title?: string; text: string }[];
  questions: { id: string; text: string }[];
  right: Map<string, Set<string>>;
}

/** nDCG@10 by words alone and by both, on every collection in the folder, through the service's own index, embedding client and fusion. */
export async function qualityFigures(folder: string): Promise<Figure[]> {
  await using server = await startEmbeddingServer({ models: ['use-lite'], vectors: 'meaning' });
  const figures: Figure[] = [];
  for (const name of readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isFile())
    .map((entry) => entry.name))
    figures.push(...(await ofCollection(join(folder, name), server.url)));
  return figures;
}

async function ofCollection(path: string, baseUrl: string): Promise<Figure[]> {
  const name = basename(path);
  const collected = read(path);
  process.stderr.write(`  ${name}: ${collected.documents.length} documents …\n`);
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-bench-ir-'));
  const collection = openCollection({ id: name, folder });
  try {
    await index(collection, { collected, baseUrl });
    const { words, both } = await judged(collection, collected);
    const atLeast = BM25_AT_LEAST[name];
    return [
      {
        id: `${name}-bm25`,
        what: `${name} nDCG@10, words alone`,
        unit: '',
        ours: words,
        ...(atLeast !== undefined && { target: { op: '>=' as const, value: atLeast } }),
      },
      {
        id: `${name}-hybrid`,
        what: `${name} nDCG@10, words and vectors (weight ${WEIGHT})`,
        unit: '',
        ours: both,
        anchor: { name: 'words alone', value: words },
        target: { op: '>=', value: 1 },
      },
    ];
  } finally {
    collection.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(path: string): Collected {
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  const right = new Map<string, Set<string>>();
  for (const line of lines(readFileSync(join(path, 'qrels.tsv'), 'utf8'))) {
    const [question = '', document = '', grade] = line.split('\t');
    if (Number(grade) > 0) right.set(question, (right.get(question) ?? new Set()).add(document));
  }
  return {
    documents: lines(gunzipSync(readFileSync(join(path, 'docs.jsonl.gz'))).toString()).map((line) => JSON.parse(line)),
    questions: lines(readFileSync(join(path, 'queries.jsonl'), 'utf8')).map((line) => JSON.parse(line)),
    right,
  };
}

async function index(collection: Collection, { collected, baseUrl }: { collected: Collected; baseUrl: string }): Promise<void> {
  const { db, files, chunks, saveSettings } = collection;
  saveSettings(Settings.parse({ embedding: { provider: 'ollama', baseUrl, model: 'use-lite' } }));
  transaction(db, () => {
    for (const [number, { id, title = '', text }] of collected.documents.entries()) {
      const draft = { heading: title, text, overlap: 0, position: { unit: 'line' as const, from: 1, to: 1 } };
      const sha256 = String(number).padStart(64, '0');
      files.restore({ id, name: id, sha256, size: text.length, type: 'text', flags: [], chunker: null, addedAt: '', read: true });
      chunks.insert(id, { draft, seq: 0, sha256: chunkHash(draft) });
    }
  });
  while (files.next('embedding')) await embedNext(() => collection, new AbortController().signal);
}

async function judged(collection: Collection, { questions, right }: Collected): Promise<{ words: number; both: number }> {
  const ask = createAskModel();
  const scores: { words: number; both: number }[] = [];
  for (const { id, text } of questions) {
    const wanted = right.get(id);
    if (!wanted) continue;
    const found = await candidates(() => collection, { words: text, mode: 'hybrid', ask, signal: new AbortController().signal });
    if (found.degradedBecause !== undefined) throw new Error(found.degradedBecause.message);
    const names = (weight: number): string[] =>
      fuse({ ...found, weight })
        .slice(0, 10)
        .map(({ id: chunk }) => collection.chunks.get([chunk])[0]?.fileName ?? '');
    scores.push({ words: ndcg(names(0), wanted), both: ndcg(names(WEIGHT), wanted) });
  }
  const mean = (key: 'words' | 'both'): number => scores.reduce((sum, score) => sum + score[key], 0) / scores.length;
  return { words: mean('words'), both: mean('both') };
}
