import type { DatabaseSync } from 'node:sqlite';
import type { EmbeddingSource } from '../settings.ts';
import { count, number, statements, text, type Row } from './row.ts';
import type { Scored } from './chunks.store.ts';

/** One complete set of vectors, all of the same model. A new model builds a second one beside the one that answers. */
export interface Generation {
  id: number;
  /** Model, digest, profile and dimensions in one line: two sets with the same key may be mixed, any others never. */
  key: string;
  epoch: number;
  source: EmbeddingSource;
  dimensions: number;
  active: boolean;
  /** The table of one bit per dimension finds the candidates, the full vectors put them in order. It is always kept, so that the way of searching changes at once. */
  quantised: boolean;
}

export interface Pending {
  id: number;
  fileId: string;
  heading: string;
  text: string;
  sha256: string;
}

export type Vectors = ReturnType<typeof createVectors>;

/** Bits say little about order: 200 candidates kept 98 % of the true top ten on real vectors, 100 kept 95 %. */
const RESCORED = 200;
/** vec0 keeps vectors in blobs of so many. One vector is read through the pages of its blob: with 1,024 that takes eight times as long as with 64. */
const VECTORS_PER_BLOB = 64;

/** Bits are kept in whole bytes; dimensions that are no multiple of 8 stay with the scan. */
const hasBits = ({ dimensions }: { dimensions: number }): boolean => dimensions % 8 === 0;

const blob = (vector: Float32Array): Uint8Array => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

/** The vectors of one agent: which generation has which passage, and the search among them. */
export function createVectors(db: DatabaseSync) {
  const sql = statements(db);
  const full = (generation: number): string => `vec_${generation}`;
  const bits = (generation: number): string => `bit_${generation}`;
  const list = (): Generation[] => sql('SELECT * FROM generations ORDER BY id').all().map(generationOf);
  const byId = (id: number): Generation => {
    const found = list().find((generation) => generation.id === id);
    if (!found) throw new Error(`there is no generation ${id}`);
    return found;
  };
  // One by one: vec0 answers a list of ids slower than each of them.
  const similarities = (generation: Generation, { vector, ids }: { vector: Float32Array; ids: readonly number[] }): Scored[] =>
    ids.flatMap((id) =>
      sql(`SELECT rowid AS id, 1 - vec_distance_cosine(embedding, ?) AS score FROM ${full(generation.id)} WHERE rowid = ?`)
        .all(blob(vector), id)
        .map(scoredOf),
    );
  return {
    list,
    active: (): Generation | undefined => list().find(({ active }) => active),
    /** The first generation answers at once, as far as it has come; a later one only when it is whole. */
    create({ key, epoch, source, dimensions }: { key: string; epoch: number; source: EmbeddingSource; dimensions: number }): Generation {
      const active = list().some((generation) => generation.active) ? 0 : 1;
      const { lastInsertRowid } = sql(
        'INSERT INTO generations(key, epoch, model, source, dimensions, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ).run(key, epoch, source.model, JSON.stringify(source), dimensions, active, new Date().toISOString());
      const id = Number(lastInsertRowid);
      db.exec(
        `CREATE VIRTUAL TABLE ${full(id)} USING vec0(embedding float[${dimensions}] distance_metric=cosine, chunk_size=${VECTORS_PER_BLOB})`,
      );
      if (hasBits({ dimensions })) db.exec(`CREATE VIRTUAL TABLE ${bits(id)} USING vec0(embedding bit[${dimensions}])`);
      return byId(id);
    },
    activate(id: number): void {
      sql('UPDATE generations SET active = 0 WHERE active = 1').run();
      sql('UPDATE generations SET active = 1 WHERE id = ?').run(id);
    },
    drop(id: number): void {
      db.exec(`DROP TABLE IF EXISTS ${bits(id)}; DROP TABLE IF EXISTS ${full(id)}`);
      sql('DELETE FROM vectors WHERE generation = ?').run(id);
      sql('DELETE FROM generations WHERE id = ?').run(id);
    },
    add(generation: Generation, vectors: readonly { chunkId: number; sha256: string; vector: Float32Array }[]): void {
      for (const { chunkId, sha256, vector } of vectors) {
        const id = BigInt(chunkId); // vec0 takes a row id as a 64-bit integer only
        // A passage may have been deleted, its id given to another, or it was embedded by an earlier try, while the model worked.
        if (count(sql('SELECT count(*) AS n FROM chunks WHERE id = ? AND sha256 = ?'), id, sha256) === 0) continue;
        if (sql('INSERT OR IGNORE INTO vectors(generation, chunk_id) VALUES (?, ?)').run(generation.id, id).changes === 0) continue;
        sql(`INSERT INTO ${full(generation.id)}(rowid, embedding) VALUES (?, ?)`).run(id, blob(vector));
        if (hasBits(generation))
          sql(`INSERT INTO ${bits(generation.id)}(rowid, embedding) VALUES (?, vec_quantize_binary(?))`).run(id, blob(vector));
      }
    },
    remove(ids: readonly number[]): void {
      for (const generation of list()) {
        for (const id of ids) {
          if (sql('DELETE FROM vectors WHERE generation = ? AND chunk_id = ?').run(generation.id, id).changes === 0) continue;
          sql(`DELETE FROM ${full(generation.id)} WHERE rowid = ?`).run(id);
          if (hasBits(generation)) sql(`DELETE FROM ${bits(generation.id)} WHERE rowid = ?`).run(id);
        }
      }
    },
    count: (generation?: number): number =>
      generation === undefined
        ? count(sql('SELECT count(*) AS n FROM vectors'))
        : count(sql('SELECT count(*) AS n FROM vectors WHERE generation = ?'), generation),
    /** Rows of vectors that belong to no passage, in all tables: 0 unless something is wrong. */
    strays: (): number =>
      list().reduce(
        (sum, { id, dimensions }) =>
          sum +
          [full(id), ...(hasBits({ dimensions }) ? [bits(id)] : [])].reduce(
            (strays, table) =>
              strays +
              count(
                sql(`SELECT count(*) AS n FROM ${table}_rowids WHERE rowid NOT IN (SELECT chunk_id FROM vectors WHERE generation = ?)`),
                id,
              ),
            0,
          ),
        count(sql('SELECT count(*) AS n FROM vectors WHERE chunk_id NOT IN (SELECT id FROM chunks)')),
      ),
    /** Passages that are searched by words only because this generation has no vector of them; those that the model refused do not count. */
    missing: (generation: number): number =>
      count(
        sql(`SELECT count(*) AS n FROM chunks JOIN files ON files.id = chunks.file_id
          WHERE coalesce(files.error_code, '') NOT IN ('embedding.refused', 'embedding.too_long')
            AND NOT EXISTS (SELECT 1 FROM vectors WHERE generation = ? AND chunk_id = chunks.id)`),
        generation,
      ),
    /** The next passages without a vector, of documents that wait for them, or whose newer content could not be read. */
    pending: (generation: number | undefined, limit: number): Pending[] =>
      sql(`SELECT chunks.id, file_id, heading, text, chunks.sha256 FROM files CROSS JOIN chunks ON chunks.file_id = files.id
        WHERE (files.state = 'embedding' OR (files.state = 'failed' AND files.error_code LIKE 'file.%')) AND NOT EXISTS (SELECT 1 FROM vectors WHERE generation = ? AND chunk_id = chunks.id) LIMIT ?`)
        .all(generation ?? null, limit)
        .map((row) => ({
          id: number(row['id']),
          fileId: text(row['file_id']),
          heading: text(row['heading']),
          text: text(row['text']),
          sha256: text(row['sha256']),
        })),
    /** The vector that the same text already has, in another document or in another place of this one. */
    known(generation: Generation, sha256: string): Float32Array | undefined {
      const row = sql(`SELECT chunk_id AS id FROM chunks JOIN vectors ON vectors.chunk_id = chunks.id
        WHERE chunks.sha256 = ? AND generation = ? LIMIT 1`).get(sha256, generation.id);
      const found = row && sql(`SELECT embedding FROM ${full(generation.id)} WHERE rowid = ?`).get(number(row['id']))?.['embedding'];
      return found instanceof Uint8Array ? new Float32Array(found.slice().buffer) : undefined;
    },
    similarities,
    search(generation: Generation, { vector, limit }: { vector: Float32Array; limit: number }): Scored[] {
      if (!generation.quantised)
        return sql(`SELECT rowid AS id, 1 - distance AS score FROM ${full(generation.id)} WHERE embedding MATCH ? AND k = ?`)
          .all(blob(vector), limit)
          .map(scoredOf);
      const ids = sql(`SELECT rowid AS id FROM ${bits(generation.id)} WHERE embedding MATCH vec_quantize_binary(?) AND k = ?`)
        .all(blob(vector), Math.max(RESCORED, limit))
        .map((row) => number(row['id']));
      return similarities(generation, { vector, ids })
        .toSorted((a, b) => b.score - a.score)
        .slice(0, limit);
    },
    /** From a scan of the full vectors to bits with rescoring, or back. */
    quantise: (generation: Generation, on: boolean): void =>
      void sql('UPDATE generations SET quantised = ? WHERE id = ?').run(Number(on && hasBits(generation)), generation.id),
  };
}

const scoredOf = (row: Row): Scored => ({ id: number(row['id']), score: number(row['score']) });

const generationOf = (row: Row): Generation => ({
  id: number(row['id']),
  key: text(row['key']),
  epoch: number(row['epoch']),
  source: JSON.parse(text(row['source'])) as EmbeddingSource, // written above
  dimensions: number(row['dimensions']),
  active: number(row['active']) === 1,
  quantised: number(row['quantised']) === 1,
});
