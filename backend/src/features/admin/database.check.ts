import type { Check } from '../../lib/check.ts';

const WAL_ALARM_BYTES = 256 * 1024 ** 2;

export interface DatabaseParts {
  checkWritable: () => void;
  size: () => { bytes: number; walBytes: number; pages: number; freeBytes: number };
}

/** The database: that it can be written, and how large it is with its write-ahead log. */
export function databaseCheck({ checkWritable, size }: DatabaseParts): Check {
  return {
    key: 'database',
    look() {
      const { walBytes, ...rest } = size();
      const values = { ...rest, walBytes, writable: isWritable(checkWritable) };
      if (!values.writable) {
        return { status: 'failing', message: 'The database cannot be written', fix: 'Check the disk and the rights of DATA_DIR.', values };
      }
      if (walBytes > WAL_ALARM_BYTES) {
        return {
          status: 'warn',
          message: `The write-ahead log has grown to ${Math.round(walBytes / 1_048_576)} MiB`,
          fix: 'Something reads from the database without an end: close other programs that have it open, or restart Clawmoor.',
          values,
        };
      }
      return { status: 'ok', message: `${Math.ceil(rest.bytes / 1_048_576)} MiB, written and read`, values };
    },
  };
}

function isWritable(checkWritable: () => void): boolean {
  try {
    checkWritable();
    return true;
  } catch {
    return false; // the check says so; what needs the database has logged why
  }
}
