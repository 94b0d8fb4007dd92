import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { ProblemCode } from '../problem.ts';
import { count, number, statements, text, textOrNull, type Row } from './row.ts';

export type FileState = 'queued' | 'parsing' | 'embedding' | 'done' | 'failed';

export interface StoredFile {
  id: string;
  name: string;
  sha256: string;
  size: number;
  /** What the content turned out to be; null until it was read. */
  type: string | null;
  state: FileState;
  error: { code: string; message: string } | null;
  /** What a person may want to look at: phrases that read like orders to an agent. */
  flags: string[];
  /** The content that the passages come from: after a replacement the old one answers until the new one is read. */
  indexedSha256: string | null;
  chunker: string | null;
  tries: number;
  chunks: number;
  addedAt: string;
  changedAt: string;
}

export type Files = ReturnType<typeof createFiles>;

const SELECT = 'SELECT *, (SELECT count(*) FROM chunks WHERE file_id = files.id) AS chunks FROM files';

/** The rows of the documents of one agent. */
export function createFiles(db: DatabaseSync) {
  const sql = statements(db);
  const one = (row: Row | undefined): StoredFile | undefined => row && fileOf(row);
  const now = (): string => new Date().toISOString();
  const byName = (name: string): StoredFile | undefined => one(sql(`${SELECT} WHERE name = ?`).get(name));
  return {
    byName,
    byId: (id: string): StoredFile | undefined => one(sql(`${SELECT} WHERE id = ?`).get(id)),
    list: (): StoredFile[] => sql(`${SELECT} ORDER BY name`).all().map(fileOf),

    /** A new document, or new content under a known name; it waits to be read. */
    put({ name, sha256, size }: { name: string; sha256: string; size: number }): StoredFile {
      sql(`INSERT INTO files(id, name, sha256, size, state, added_at, changed_at) VALUES (?, ?, ?, ?, 'queued', ?, ?)
        ON CONFLICT(name) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, state = 'queued', tries = 0,
          error_code = NULL, error_message = NULL, changed_at = excluded.changed_at`).run(
        randomBytes(9).toString('base64url'),
        name,
        sha256,
        size,
        now(),
        now(),
      );
      const file = byName(name);
      if (!file) throw new Error('a file that was just written is not there');
      return file;
    },
    queue: (id: string): void =>
      void sql(`UPDATE files SET state = 'queued', tries = 0, error_code = NULL, error_message = NULL, changed_at = ? WHERE id = ?`).run(
        now(),
        id,
      ),
    /** Counts the try, so that a document that takes the service down with it is not read for ever. */
    startParsing: (id: string): void =>
      void sql(`UPDATE files SET state = 'parsing', tries = tries + 1, changed_at = ? WHERE id = ?`).run(now(), id),
    parsed({ id, sha256, type, chunker, flags }: { id: string; sha256: string; type: string; chunker: string; flags: string[] }): void {
      sql(`UPDATE files SET state = 'embedding', indexed_sha256 = ?, type = ?, chunker = ?, flags = ?, tries = 0, error_code = NULL,
        error_message = NULL, changed_at = ? WHERE id = ?`).run(sha256, type, chunker, JSON.stringify(flags), now(), id);
    },
    fail: (id: string, { code, message }: { code: ProblemCode; message: string }): void =>
      void sql(`UPDATE files SET state = 'failed', error_code = ?, error_message = ?, changed_at = ? WHERE id = ?`).run(
        code,
        message,
        now(),
        id,
      ),
    setState: (from: FileState, to: FileState): void =>
      void sql('UPDATE files SET state = ?, changed_at = ? WHERE state = ?').run(to, now(), from),
    failAll: (state: FileState, { code, message }: { code: ProblemCode; message: string }): void =>
      void sql(`UPDATE files SET state = 'failed', error_code = ?, error_message = ?, changed_at = ? WHERE state = ?`).run(
        code,
        message,
        now(),
        state,
      ),
    /** Documents whose passages are there and only lack vectors wait for them again. */
    awaitVectors: (): void =>
      void sql(`UPDATE files SET state = 'embedding', error_code = NULL, error_message = NULL, changed_at = ?
        WHERE indexed_sha256 = sha256 AND (state = 'done' OR (state = 'failed' AND error_code LIKE 'embedding.%'))`).run(now()),
    /** Whatever waits for vectors and lacks none is done. */
    finish: (generation: number | undefined): void =>
      void sql(`UPDATE files SET state = 'done', changed_at = ?1 WHERE state = 'embedding' AND (?2 IS NULL OR NOT EXISTS (
          SELECT 1 FROM chunks WHERE chunks.file_id = files.id
            AND NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.generation = ?2 AND vectors.chunk_id = chunks.id)))`).run(
        now(),
        generation ?? null,
      ),
    next: (state: FileState): StoredFile | undefined => one(sql(`${SELECT} WHERE state = ? ORDER BY changed_at, id LIMIT 1`).get(state)),
    remove: (id: string): void => void sql('DELETE FROM files WHERE id = ?').run(id),
    has: (sha256: string): boolean => count(sql('SELECT count(*) AS n FROM files WHERE sha256 = ?1 OR indexed_sha256 = ?1'), sha256) > 0,
    totals(): { files: number; bytes: number; states: Record<FileState, number> } {
      const rows = sql('SELECT state, count(*) AS n, sum(size) AS bytes FROM files GROUP BY state').all();
      const states = { queued: 0, parsing: 0, embedding: 0, done: 0, failed: 0 };
      for (const row of rows) Object.assign(states, { [text(row['state'])]: number(row['n']) });
      return { files: sum(rows, 'n'), bytes: sum(rows, 'bytes'), states };
    },
  };
}

const sum = (rows: Row[], column: string): number => rows.reduce((total, row) => total + number(row[column]), 0);

function fileOf(row: Row): StoredFile {
  const code = textOrNull(row['error_code']);
  return {
    id: text(row['id']),
    name: text(row['name']),
    sha256: text(row['sha256']),
    size: number(row['size']),
    type: textOrNull(row['type']),
    state: text(row['state']) as FileState, // the table's CHECK holds it
    error: code === null ? null : { code, message: text(row['error_message']) },
    flags: JSON.parse(text(row['flags'])) as string[], // written above
    indexedSha256: textOrNull(row['indexed_sha256']),
    chunker: textOrNull(row['chunker']),
    tries: number(row['tries']),
    chunks: number(row['chunks']),
    addedAt: text(row['added_at']),
    changedAt: text(row['changed_at']),
  };
}
