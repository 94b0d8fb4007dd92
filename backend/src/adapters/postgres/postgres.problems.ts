import { Problem } from '../../lib/problem.ts';

// https://www.postgresql.org/docs/15/errcodes-appendix.html: a connection, resources, a lock, a limit of time, and an end.
const BUSY = /^(08...|53...|55P03|57014|57P0[1-5]|40001|40P01)$/;
const AWAY = /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** What a failed statement means to a caller; `undefined`: a fault of ours. */
export function postgresProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem || !(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (code === '53100') return full(error);
  // Text with a character that PostgreSQL does not store: NUL.
  if (code === '22021') return unusableText(error);
  if (typeof code === 'string' && BUSY.test(code)) return busy(error);
  if (typeof code === 'string' ? AWAY.test(code) : /connection|timeout/i.test(error.message)) return away(error);
  return undefined;
}

const busy = (cause: unknown): Problem =>
  new Problem('internal.busy', 'The database is busy with another write', {
    fix: 'Try again in a few seconds.',
    retryAfter: 5,
    cause,
  });

export const away = (cause: unknown): Problem =>
  new Problem('internal.busy', 'The database does not answer', { fix: 'Try again in a few seconds.', retryAfter: 5, cause });

const full = (cause: unknown): Problem =>
  new Problem('storage.full', 'The disk of the database is full: nothing can be changed until there is room', {
    fix: 'Free space on the disk of PostgreSQL. What is stored can still be read.',
    retryAfter: 60,
    cause,
  });

const unusableText = (cause: unknown): Problem =>
  new Problem('request.invalid', 'The text has a character that cannot be stored', { fix: 'Leave out the NUL character.', cause });
