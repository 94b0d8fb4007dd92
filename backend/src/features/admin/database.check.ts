import type { Check } from '../../lib/check.ts';
import type { OpenDatabase } from '../../lib/open-database.ts';

const WAL_ALARM_BYTES = 256 * 1024 ** 2;

export type DatabaseParts = Pick<OpenDatabase, 'checkWritable' | 'size'>;

/** The database: that it can be written, and how large it is with its write-ahead log, where that is ours. */
export function databaseCheck({ checkWritable, size }: DatabaseParts): Check {
  return {
    key: 'database',
    async look() {
      const values = { ...(await size()), writable: await isWritable(checkWritable) };
      const { bytes, walBytes = 0 } = values;
      if (!values.writable) {
        return {
          status: 'failing',
          code: 'health.database_readonly',
          message: 'The database cannot be written',
          fix: 'Check the disk and the rights of DATA_DIR, or what DATABASE_URL names.',
          values,
        };
      }
      if (walBytes > WAL_ALARM_BYTES) {
        return {
          status: 'warn',
          code: 'health.log_grown',
          message: `The write-ahead log has grown to ${Math.round(walBytes / 1_048_576)} MiB`,
          fix: 'Something reads from the database without an end: close other programs that have it open, or restart Clawmoor.',
          values,
        };
      }
      return { status: 'ok', message: `${Math.ceil(bytes / 1_048_576)} MiB, written and read`, values };
    },
  };
}

async function isWritable(checkWritable: DatabaseParts['checkWritable']): Promise<boolean> {
  try {
    await checkWritable();
    return true;
  } catch {
    return false; // the check says so; what needs the database has logged why
  }
}
