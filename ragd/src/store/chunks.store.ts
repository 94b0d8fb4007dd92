import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Draft, Position } from '../ingest/blocks.ts';
import { indexTerms } from '../retrieve/terms.ts';
import { count, number, statements, text, type Row } from './row.ts';

export interface Chunk {
  id: number;
  fileId: string;
  fileName: string;
  seq: number;
  heading: string;
  text: string;
  /** How many characters at its start repeat the end of the chunk before it. */
  overlap: number;
  position: Position;
}

export interface Scored {
  id: number;
  score: number;
}

export type Chunks = ReturnType<typeof createChunks>;

export const chunkHash = ({ heading, text: body }: { heading: string; text: string }): string =>
  createHash('sha256').update(`${heading}\n${body}`).digest('hex');

const SELECT = 'SELECT chunks.*, files.name AS file_name FROM chunks JOIN files ON files.id = chunks.file_id';

/** The passages of one agent and their full-text index. */
export function createChunks(db: DatabaseSync) {
  const sql = statements(db);
  const unindex = (id: number): void => {
    sql(`INSERT INTO fts(fts, rowid, body) SELECT 'delete', id, body FROM searchable WHERE id = ?`).run(id);
  };
  const remove = (ids: readonly number[]): void => {
    for (const id of ids) {
      unindex(id);
      sql('DELETE FROM chunks WHERE id = ?').run(id);
    }
  };
  const insert = (fileId: string, { draft, seq, sha256 }: { draft: Draft; seq: number; sha256: string }): number => {
    const { heading, text: body, overlap, position } = draft;
    const added = sql(
      'INSERT INTO chunks(file_id, seq, heading, text, terms, overlap, position, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(fileId, seq, heading, body, indexTerms(`${heading}\n${body}`) ?? null, overlap, JSON.stringify(position), sha256);
    sql('INSERT INTO fts(rowid, body) SELECT id, body FROM searchable WHERE id = ?').run(added.lastInsertRowid);
    return Number(added.lastInsertRowid);
  };
  return {
    insert,
    remove,
    /**
     * Makes these the passages of the file, and answers the ids of those that went. One that is the same as before stays the same row and
     * keeps its vector: only what is new has to be embedded.
     */
    replace(fileId: string, drafts: readonly Draft[]): number[] {
      const before = new Map<string, number[]>();
      for (const row of sql('SELECT id, sha256 FROM chunks WHERE file_id = ? ORDER BY seq DESC').all(fileId)) {
        const sha256 = text(row['sha256']);
        before.set(sha256, [...(before.get(sha256) ?? []), number(row['id'])]);
      }
      for (const [seq, draft] of drafts.entries()) {
        const sha256 = chunkHash(draft);
        const kept = before.get(sha256)?.pop();
        if (kept === undefined) insert(fileId, { draft, seq, sha256 });
        else
          sql('UPDATE chunks SET seq = ?, overlap = ?, position = ? WHERE id = ?').run(
            seq,
            draft.overlap,
            JSON.stringify(draft.position),
            kept,
          );
      }
      const gone = [...before.values()].flat();
      remove(gone);
      return gone;
    },
    idsOf: (fileId: string): number[] =>
      sql('SELECT id FROM chunks WHERE file_id = ?')
        .all(fileId)
        .map((row) => number(row['id'])),
    get(ids: readonly number[]): Chunk[] {
      return ids.flatMap((id) => sql(`${SELECT} WHERE chunks.id = ?`).all(id).map(chunkOf));
    },
    page: (fileId: string, { after, limit }: { after: number; limit: number }): Chunk[] =>
      sql(`${SELECT} WHERE file_id = ? AND seq > ? ORDER BY seq LIMIT ?`).all(fileId, after, limit).map(chunkOf),
    total: (): number => count(sql('SELECT count(*) AS n FROM chunks')),
    /** Every passage that has one of the words, best first by BM25; scores are positive. */
    search: (match: string, limit: number): Scored[] =>
      sql('SELECT rowid AS id, -rank AS score FROM fts WHERE fts MATCH ? ORDER BY rank LIMIT ?')
        .all(match, limit)
        .map((row) => ({ id: number(row['id']), score: number(row['score']) })),
    /** Throws when the full-text index and the passages disagree. */
    verify: (): void => void db.exec(`INSERT INTO fts(fts, rank) VALUES ('integrity-check', 1)`),
  };
}

const chunkOf = (row: Row): Chunk => ({
  id: number(row['id']),
  fileId: text(row['file_id']),
  fileName: text(row['file_name']),
  seq: number(row['seq']),
  heading: text(row['heading']),
  text: text(row['text']),
  overlap: number(row['overlap']),
  position: JSON.parse(text(row['position'])) as Position, // written above
});
