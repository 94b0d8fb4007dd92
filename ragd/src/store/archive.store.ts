import type { DatabaseSync } from 'node:sqlite';
import type { Draft, Position } from '../ingest/blocks.ts';
import type { ChunkLine, DocumentLine } from '../transfer/manifest.ts';
import { createChunks } from './chunks.store.ts';
import { count, number, statements, text, textOrNull } from './row.ts';
import { createVectors } from './vectors.store.ts';

/** One agent's rows in the order of an archive, read from a snapshot that later writes do not change. */
export function createArchiveReader(db: DatabaseSync) {
  const sql = statements(db);
  const active = createVectors(db).active();
  return {
    active,
    *documents(): Iterable<DocumentLine> {
      for (const row of sql('SELECT * FROM files ORDER BY id').iterate())
        yield {
          id: text(row['id']),
          name: text(row['name']),
          sha256: text(row['sha256']),
          size: number(row['size']),
          type: textOrNull(row['type']),
          flags: JSON.parse(text(row['flags'])) as string[], // written by files.store.ts
          chunker: textOrNull(row['chunker']),
          addedAt: text(row['added_at']),
          read: row['indexed_sha256'] === row['sha256'],
        };
    },
    count: (): number =>
      count(sql('SELECT count(*) AS n FROM chunks JOIN files ON files.id = chunks.file_id WHERE files.indexed_sha256 = files.sha256')),
    /** In the order of their ids, which decides between passages of equal score. */
    *chunks(): Iterable<ChunkLine> {
      const rows = sql(`SELECT chunks.*, vectors.chunk_id IS NOT NULL AS has_vector FROM chunks JOIN files ON files.id = chunks.file_id
        LEFT JOIN vectors ON vectors.chunk_id = chunks.id AND vectors.generation = ?
        WHERE files.indexed_sha256 = files.sha256 ORDER BY chunks.id`).iterate(active?.id ?? null);
      for (const row of rows)
        yield {
          file: text(row['file_id']),
          seq: number(row['seq']),
          heading: text(row['heading']),
          text: text(row['text']),
          overlap: number(row['overlap']),
          position: JSON.parse(text(row['position'])) as Position, // written by chunks.store.ts
          sha256: text(row['sha256']),
          vector: number(row['has_vector']) === 1,
        };
    },
    *vectors(): Iterable<Uint8Array> {
      if (!active) return;
      const one = sql(`SELECT embedding FROM vec_${active.id} WHERE rowid = ?`);
      const ids = sql(`SELECT chunks.id FROM chunks JOIN files ON files.id = chunks.file_id
        JOIN vectors ON vectors.chunk_id = chunks.id AND vectors.generation = ?
        WHERE files.indexed_sha256 = files.sha256 ORDER BY chunks.id`).iterate(active.id);
      for (const row of ids) {
        const embedding = one.get(number(row['id']))?.['embedding'];
        if (!(embedding instanceof Uint8Array)) throw new Error('a vector that is listed is not there');
        yield embedding;
      }
    },
  };
}

/** Puts a passage of an archive in, and answers its id. */
export function createArchiveWriter(db: DatabaseSync) {
  const chunks = createChunks(db);
  return (line: ChunkLine): number => {
    const { file, seq, sha256, heading, text: body, overlap, position } = line;
    const draft: Draft = { heading, text: body, overlap, position };
    return chunks.insert(file, { draft, seq, sha256 });
  };
}
