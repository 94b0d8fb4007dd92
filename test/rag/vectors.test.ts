import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCorpus } from '../../bench/rag/corpus.ts';
import { openCollection, type Collection } from '../../ragd/src/collection.ts';
import { chunkHash } from '../../ragd/src/store/chunks.store.ts';
import { transaction } from '../../ragd/src/store/database.ts';
import type { Generation } from '../../ragd/src/store/vectors.store.ts';

const PASSAGES = 2_000;
const DIMENSIONS = 256;

describe('Vectors of an agent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-vectors-'));
  const corpus = createCorpus({ dimensions: DIMENSIONS, seed: 1 });
  let [collection, generation] = [] as unknown as [Collection, Generation];

  beforeAll(() => {
    collection = openCollection({ id: 'x', folder });
    const { db, files, chunks, vectors } = collection;
    generation = vectors.create({ key: 'k', epoch: 0, source: { provider: 'none', model: '' }, dimensions: DIMENSIONS });
    transaction(db, () => {
      files.restore({ id: 'f', name: 'f', sha256: '0', size: 1, type: 'text', flags: [], chunker: null, addedAt: '', read: true });
      for (let seq = 0; seq < PASSAGES; seq++) {
        const draft = { heading: '', text: corpus.question(), overlap: 0, position: { unit: 'line' as const, from: seq, to: seq } };
        const sha256 = chunkHash(draft);
        vectors.add(generation, [{ chunkId: chunks.insert('f', { draft, seq, sha256 }), sha256, vector: corpus.vector() }]);
      }
    });
  });
  afterAll(() => {
    collection.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are found by their bits as by a scan of all, and scored alike', () => {
    const { vectors } = collection;
    let same = 0;
    for (let asked = 0; asked < 20; asked++) {
      const vector = corpus.vector();
      const scanned = vectors.search({ ...generation, quantised: false }, { vector, limit: 10 });
      const byBits = vectors.search({ ...generation, quantised: true }, { vector, limit: 10 });
      same += byBits.filter(({ id }) => scanned.some((one) => one.id === id)).length;
      expect(byBits[0]?.score).toBeCloseTo(scanned[0]?.score ?? NaN, 5);
    }
    // These vectors are clusters with much noise, the hard case for bits; the seed makes them the same each time.
    expect(same / 200).toBeGreaterThanOrEqual(0.9);
  });

  it('go with their passages, and a set of them goes whole', () => {
    const { db, chunks, vectors, files } = collection;
    const gone = chunks.idsOf('f').slice(0, 500);
    transaction(db, () => {
      vectors.remove(gone);
      chunks.remove(gone);
    });
    expect([vectors.count(), chunks.total(), vectors.strays()]).toEqual([PASSAGES - 500, PASSAGES - 500, 0]);
    chunks.verify();
    expect(collection.removeFile('f')).toMatchObject({ chunks: PASSAGES - 500, vectors: PASSAGES - 500 });
    expect([vectors.count(), chunks.total(), vectors.strays(), files.totals().files]).toEqual([0, 0, 0, 0]);
    vectors.drop(generation.id);
    const left = db
      .prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'vec\\_%' ESCAPE '\\' OR name LIKE 'bit\\_%' ESCAPE '\\'")
      .get();
    expect(left?.['n']).toBe(0);
  });

  it('are not given to a passage that has taken the number of another', () => {
    const { chunks, files, vectors, db } = collection;
    const fresh = vectors.create({ key: 'l', epoch: 1, source: { provider: 'none', model: '' }, dimensions: DIMENSIONS });
    transaction(db, () => {
      files.restore({ id: 'g', name: 'g', sha256: '1', size: 1, type: 'text', flags: [], chunker: null, addedAt: '', read: true });
      const draft = { heading: '', text: 'new text', overlap: 0, position: { unit: 'line' as const, from: 1, to: 1 } };
      const chunkId = chunks.insert('g', { draft, seq: 0, sha256: chunkHash(draft) });
      vectors.add(fresh, [{ chunkId, sha256: 'of the text before', vector: corpus.vector() }]);
    });
    expect(vectors.count()).toBe(0);
  });
});
