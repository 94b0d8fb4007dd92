import { join } from 'node:path';
import { openCollection } from '../../ragd/src/collection.ts';
import { Settings } from '../../ragd/src/settings.ts';
import { PROFILES } from '../../ragd/src/embed/profiles.ts';
import { chunkHash } from '../../ragd/src/store/chunks.store.ts';
import { transaction } from '../../ragd/src/store/database.ts';
import type { Figure } from '../report.ts';
import { createCorpus, type Corpus } from './corpus.ts';
import { DIGEST, MODEL, startBenchModel } from './model.ts';
import { dataFolder, startService } from './service.ts';

const DIMENSIONS = 768;
const PER_FILE = 50;
const WARMED_BY = 20;
const ASKED = 200;
const TARGETS: Record<number, { p95: number; rss?: number }> = { 5_000: { p95: 30 }, 100_000: { p95: 300, rss: 150 } };

/** How long a question takes without its embedding, and what memory that needs, among this many passages. */
export async function speedFigures(script: string, passages: number): Promise<Figure[]> {
  const corpus = createCorpus({ dimensions: DIMENSIONS, seed: passages });
  await using model = await startBenchModel(corpus.vector);
  const place = dataFolder(script);
  fill({ folder: join(place.folder, 'agents/bench'), passages, corpus, baseUrl: model.url });
  await using ragd = await startService(script, place);
  await ragd.settled('bench');
  const ms: number[] = [];
  let cpuBefore = 0;
  for (let asked = 0; asked < WARMED_BY + ASKED; asked++) {
    const { took_ms, embedding_ms, mode } = await ragd.call('POST', '/agents/bench/query', { query: corpus.question() });
    if (mode !== 'hybrid') throw new Error('the vectors were not used');
    if (asked === WARMED_BY) cpuBefore = ragd.child.usage().cpuSeconds;
    if (asked >= WARMED_BY) ms.push(took_ms - embedding_ms);
  }
  const sorted = ms.toSorted((a, b) => a - b);
  const { index, diskBytes } = await ragd.call('GET', '/agents/bench');
  const label = `${passages / 1_000}k × ${DIMENSIONS}`;
  const target = TARGETS[passages];
  const cpuMs = ((ragd.child.usage().cpuSeconds - cpuBefore) / ASKED) * 1_000;
  const p50 = sorted[Math.floor(ASKED / 2)] ?? NaN;
  return [
    {
      id: `query-${passages / 1_000}k`,
      what: `query p95 without embedding, ${label}`,
      unit: 'ms',
      ours: sorted[Math.floor(ASKED * 0.95)] ?? NaN,
      ...(target && { target: { op: '<=' as const, value: target.p95 } }),
      note: `p50 ${p50.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU a question, ${index.quantised ? 'bits + rescoring' : 'full scan'}, ${Math.round(diskBytes / 1024 ** 2)} MiB on disk`,
    },
    {
      id: `rss-${passages / 1_000}k`,
      what: `memory while asked, ${label}`,
      unit: 'MiB',
      ours: ragd.child.usage().rssMiB,
      ...(target?.rss !== undefined && { target: { op: '<=' as const, value: target.rss } }),
    },
  ];
}

/** Written directly: reading and embedding so much is not what is measured here. The service finishes it as it finishes every index. */
function fill({ folder, passages, corpus, baseUrl }: { folder: string; passages: number; corpus: Corpus; baseUrl: string }): void {
  const collection = openCollection({ id: 'bench', folder });
  const { db, files, chunks, vectors, saveSettings } = collection;
  const embedding = { provider: 'ollama' as const, baseUrl, model: MODEL };
  saveSettings(Settings.parse({ embedding }));
  const key = `ollama ${MODEL} ${DIGEST} profile ${PROFILES} epoch 0`;
  const generation = vectors.create({ key, epoch: 0, source: embedding, dimensions: DIMENSIONS });
  for (let file = 0; file < passages / PER_FILE; file++)
    transaction(db, () => {
      const id = `file-${file}`;
      const sha256 = String(file).padStart(64, '0');
      files.restore({
        id,
        name: `${id}.md`,
        sha256,
        size: 1,
        type: 'markdown',
        flags: [],
        chunker: '1:1200:150',
        addedAt: new Date().toISOString(),
        read: true,
      });
      for (let seq = 0; seq < PER_FILE; seq++) {
        const text = corpus.passage();
        const draft = { heading: '', text, overlap: 0, position: { unit: 'line' as const, from: seq, to: seq } };
        const hash = chunkHash(draft);
        const chunkId = chunks.insert(id, { draft, seq, sha256: hash });
        vectors.add(generation, [{ chunkId, sha256: hash, vector: corpus.vector() }]);
      }
    });
  collection.close();
}
