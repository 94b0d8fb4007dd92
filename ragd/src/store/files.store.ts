import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Problem } from '../problem.ts';
import { count, number, statements, text, textOrNull, type Row } from './row.ts';

export type FileState = 'queued' | 'parsing' | 'embedding' | 'done' | 'failed';

/** Why a document could not be taken, and what to do about it. */
export interface Failure {
  code: string;
  message: string;
  fix?: string;
}

export interface StoredFile {
  id: string;
  name: string;
  sha256: string;
  size: number;
  /** What the content turned out to be; null until it was read. */
  type: string | null;
  state: FileState;
  error: Failure | null;
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

const NO_ERROR = 'error_code = NULL, error_message = NULL, error_fix = NULL';
const SELECT = 'SELECT *, (SELECT count(*) FROM chunks WHERE file_id = files.id) AS chunks FROM files';

/** True of a document with a passage that has no vector in the generation `?2`. */
const LACKS = `SELECT 1 FROM chunks WHERE chunks.file_id = files.id
  AND NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.generation = ?2 AND vectors.chunk_id = chunks.id)`;

export interface RestoredFile {
  id: string;
  name: string;
  sha256: string;
  size: number;
  type: string | null;
  flags: string[];
  chunker: string | null;
  addedAt: string;
  /** Its passages are in the archive too. */
  read: boolean;
}

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
          error_code = NULL, error_message = NULL, error_fix = NULL, changed_at = excluded.changed_at`).run(
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
      void sql(`UPDATE files SET state = 'queued', tries = 0, ${NO_ERROR}, changed_at = ? WHERE id = ?`).run(now(), id),
    /** Counts the try, so that a document that takes the service down with it is not read for ever. */
    startParsing: (id: string, { counts }: { counts: boolean }): void =>
      void sql(`UPDATE files SET state = 'parsing', tries = tries + ?, changed_at = ? WHERE id = ?`).run(Number(counts), now(), id),
    parsed({ id, sha256, type, chunker, flags }: { id: string; sha256: string; type: string; chunker: string; flags: string[] }): void {
      sql(`UPDATE files SET state = 'embedding', indexed_sha256 = ?, type = ?, chunker = ?, flags = ?, tries = 0, ${NO_ERROR},
        changed_at = ? WHERE id = ?`).run(sha256, type, chunker, JSON.stringify(flags), now(), id);
    },
    fail: (id: string, { code, message, fix }: Problem): void =>
      void sql(`UPDATE files SET state = 'failed', error_code = ?, error_message = ?, error_fix = ?, changed_at = ? WHERE id = ?`).run(
        code,
        message,
        fix ?? null,
        now(),
        id,
      ),
    failAll: (state: FileState, { code, message, fix }: Problem): void =>
      void sql(`UPDATE files SET state = 'failed', error_code = ?, error_message = ?, error_fix = ?, changed_at = ? WHERE state = ?`).run(
        code,
        message,
        fix ?? null,
        now(),
        state,
      ),
    /** Queues what an older cutter or other settings have cut, and, if asked, what could not be read; answers their ids. */
    queueOutdated({ chunker, failed }: { chunker: string; failed: boolean }): string[] {
      return sql(`UPDATE files SET state = 'queued', tries = 0, ${NO_ERROR}, changed_at = ?1
        WHERE (state IN ('embedding', 'done', 'failed') AND indexed_sha256 = sha256 AND chunker <> ?2)
          OR (?3 = 1 AND state = 'failed' AND error_code NOT LIKE 'embedding.%') RETURNING id`)
        .all(now(), chunker, Number(failed))
        .map((row) => text(row['id']));
    },
    /** Documents of which the generation lacks a vector wait for it again; answers their ids. */
    awaitVectors(generation: number | undefined): string[] {
      return sql(`UPDATE files SET state = 'embedding', ${NO_ERROR}, changed_at = ?1
        WHERE indexed_sha256 = sha256 AND (state = 'done' OR (state = 'failed' AND (error_code LIKE 'embedding.%' OR error_code = 'job.cancelled')))
          AND EXISTS (${LACKS}) RETURNING id`)
        .all(now(), generation ?? null)
        .map((row) => text(row['id']));
    },
    /** Whatever waits for vectors and lacks none is done. */
    finish: (generation: number): void =>
      void sql(`UPDATE files SET state = 'done', changed_at = ?1 WHERE state = 'embedding' AND NOT EXISTS (${LACKS})`).run(
        now(),
        generation,
      ),
    /** No model is configured: words are all there will be. */
    finishWithoutVectors: (): void => void sql(`UPDATE files SET state = 'done', changed_at = ? WHERE state = 'embedding'`).run(now()),
    /** What was whole before stays as it was; the rest fails. */
    cancel: (id: string, { generation, problem }: { generation: number | undefined; problem: Problem }): void =>
      void sql(`UPDATE files SET changed_at = ?1,
          state = iif(indexed_sha256 = sha256 AND (?2 IS NULL OR NOT EXISTS (${LACKS})), 'done', 'failed'),
          error_code = iif(indexed_sha256 = sha256 AND (?2 IS NULL OR NOT EXISTS (${LACKS})), NULL, ?4),
          error_message = iif(indexed_sha256 = sha256 AND (?2 IS NULL OR NOT EXISTS (${LACKS})), NULL, ?5),
          error_fix = iif(indexed_sha256 = sha256 AND (?2 IS NULL OR NOT EXISTS (${LACKS})), NULL, ?6)
        WHERE id = ?3 AND state IN ('queued', 'parsing', 'embedding')`).run(
        now(),
        generation ?? null,
        id,
        problem.code,
        problem.message,
        problem.fix ?? null,
      ),
    /** Puts a document of an archive in as it was; its vectors are looked at again. */
    restore({ id, name, sha256, size, type, flags, chunker, addedAt, read }: RestoredFile): void {
      sql(`INSERT INTO files(id, name, sha256, size, type, state, flags, indexed_sha256, chunker, added_at, changed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
        id,
        name,
        sha256,
        size,
        type,
        read ? 'embedding' : 'queued',
        JSON.stringify(flags),
        read ? sha256 : null,
        chunker,
        addedAt,
        now(),
      );
    },
    busy: (): boolean => count(sql(`SELECT count(*) AS n FROM files WHERE state IN ('queued', 'parsing', 'embedding')`)) > 0,
    /** The server was away for long; now it may be back. */
    retryUnavailable: (): void =>
      void sql(
        `UPDATE files SET state = 'embedding', ${NO_ERROR}, changed_at = ? WHERE state = 'failed' AND error_code = 'embedding.unavailable'`,
      ).run(now()),
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
  const [code, fix] = [textOrNull(row['error_code']), textOrNull(row['error_fix'])];
  return {
    id: text(row['id']),
    name: text(row['name']),
    sha256: text(row['sha256']),
    size: number(row['size']),
    type: textOrNull(row['type']),
    state: text(row['state']) as FileState, // the table's CHECK holds it
    error: code === null ? null : { code, message: text(row['error_message']), ...(fix !== null && { fix }) },
    flags: JSON.parse(text(row['flags'])) as string[], // written above
    indexedSha256: textOrNull(row['indexed_sha256']),
    chunker: textOrNull(row['chunker']),
    tries: number(row['tries']),
    chunks: number(row['chunks']),
    addedAt: text(row['added_at']),
    changedAt: text(row['changed_at']),
  };
}
