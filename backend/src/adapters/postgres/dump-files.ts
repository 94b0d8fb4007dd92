import type { DatabaseFiles } from '../../lib/database-files.ts';
import { createDatabaseFiles } from '../sqlite/database-files.ts';
import { checkDump, dumpTo, tryDump } from './dump.ts';

/** Copies of a PostgreSQL: packed and sealed as those of a file are, but made by pg_dump and read by pg_restore. */
export function createDumpFiles(url: string): DatabaseFiles {
  return {
    ...createDatabaseFiles(),
    ending: 'dump',
    copy: ({ to }, signal) => dumpTo({ url, to }, signal),
    check: checkDump,
    async tryOut(file, signal) {
      const facts = await checkDump(file, signal);
      return { facts, restored: await tryDump({ url, file }, signal) };
    },
  };
}
