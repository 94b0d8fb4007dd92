import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { FileState } from './files.store.ts';
import { number, statements, text } from './row.ts';

export type JobKind = 'ingest' | 'reindex' | 'import';

/** What a job has come to. It is read from its files, never written down, so that no kill can make it lie. */
export interface Job {
  id: string;
  kind: JobKind;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  files: Record<FileState | 'total', number>;
  chunks: { total: number; embedded: number };
  createdAt: string;
}

export type Jobs = ReturnType<typeof createJobs>;

const KEPT = 50;

/** The jobs of one agent: which files were handed in together. */
export function createJobs(db: DatabaseSync) {
  const sql = statements(db);
  const get = (id: string, generation: number | undefined): Job | undefined => {
    const row = sql('SELECT * FROM jobs WHERE id = ?').get(id);
    if (!row) return undefined;
    const files = { total: 0, queued: 0, parsing: 0, embedding: 0, done: 0, failed: 0 };
    for (const { state, n } of sql(
      `SELECT state, count(*) AS n FROM job_files JOIN files ON files.id = file_id WHERE job_id = ? GROUP BY state`,
    ).all(id)) {
      files[text(state) as FileState] = number(n); // the table's CHECK holds it
      files.total += number(n);
    }
    const chunks = sql(`SELECT count(*) AS total, count(vectors.chunk_id) AS embedded FROM job_files JOIN chunks USING (file_id)
      LEFT JOIN vectors ON vectors.chunk_id = chunks.id AND vectors.generation = ? WHERE job_id = ?`).get(generation ?? null, id);
    return {
      id,
      kind: text(row['kind']) as JobKind, // the table's CHECK holds it
      state: row['cancelled_at'] === null ? stateOf(files) : 'cancelled',
      files,
      chunks: { total: number(chunks?.['total']), embedded: number(chunks?.['embedded']) },
      createdAt: text(row['created_at']),
    };
  };
  return {
    get,
    list: (generation: number | undefined): Job[] =>
      sql('SELECT id FROM jobs ORDER BY created_at DESC, id LIMIT ?')
        .all(KEPT)
        .flatMap((row) => get(text(row['id']), generation) ?? []),
    /** Adds files to the job, which begins to exist with the first of them. */
    add({
      id = randomBytes(9).toString('base64url'),
      kind,
      fileIds,
    }: {
      id?: string | undefined;
      kind: JobKind;
      fileIds: readonly string[];
    }): string {
      sql('INSERT OR IGNORE INTO jobs(id, kind, created_at) VALUES (?, ?, ?)').run(id, kind, new Date().toISOString());
      sql('UPDATE jobs SET cancelled_at = NULL WHERE id = ? AND cancelled_at IS NOT NULL').run(id);
      for (const fileId of fileIds) sql('INSERT OR IGNORE INTO job_files(job_id, file_id) VALUES (?, ?)').run(id, fileId);
      sql('DELETE FROM jobs WHERE id NOT IN (SELECT id FROM jobs ORDER BY created_at DESC, id LIMIT ?)').run(KEPT);
      return id;
    },
    /** Ends the job, and answers which of its files are still open. */
    cancel(id: string): string[] {
      sql('UPDATE jobs SET cancelled_at = ? WHERE id = ?').run(new Date().toISOString(), id);
      return sql(`SELECT files.id FROM job_files JOIN files ON files.id = file_id
        WHERE job_id = ? AND state IN ('queued', 'parsing', 'embedding')`)
        .all(id)
        .map((row) => text(row['id']));
    },
  };
}

function stateOf(files: Job['files']): Job['state'] {
  if (files.parsing + files.embedding > 0) return 'running';
  if (files.queued > 0) return files.queued === files.total ? 'queued' : 'running';
  return files.failed > 0 && files.done === 0 ? 'failed' : 'done';
}
