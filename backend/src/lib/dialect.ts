import { SqliteAdapter } from 'kysely';
import type { Database } from './tables.ts';

/** What folds the case of ASCII letters in a comparison by pattern: SQLite's LIKE does, PostgreSQL calls it ILIKE. */
export const likeIn = (db: Database): 'like' | 'ilike' => (db.getExecutor().adapter instanceof SqliteAdapter ? 'like' : 'ilike');
