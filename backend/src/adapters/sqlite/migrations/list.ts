import { start } from './0001-start.ts';
import { tickets } from './0002-tickets.ts';

export interface Migration {
  name: string;
  sql: string;
}

/** In order; only ever append. A migration that has run anywhere is never edited: its checksum is stored. */
export const migrations: readonly Migration[] = [
  { name: '0001-start', sql: start },
  { name: '0002-tickets', sql: tickets },
];
