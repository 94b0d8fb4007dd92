import type { DatabaseSync } from 'node:sqlite';
import { statements, text } from './row.ts';

/** Small things that an agent's database remembers by name. */
export function createMeta(db: DatabaseSync) {
  const sql = statements(db);
  return {
    get(key: string): string | undefined {
      const row = sql('SELECT value FROM meta WHERE key = ?').get(key);
      return row && text(row['value']);
    },
    set: (key: string, value: string): void =>
      void sql('INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value').run(key, value),
  };
}
