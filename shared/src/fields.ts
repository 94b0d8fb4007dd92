import * as z from 'zod/mini';

/** A time as the API writes it: ISO 8601, UTC. */
export const Time = z.iso.datetime();

/** A time that a caller gives: ISO 8601 with `Z` or an offset. */
export const GivenTime = z.iso.datetime({ offset: true }).check(z.maxLength(40));

/** The numeric id of a Telegram person, as text: at most 52 significant bits. */
export const TelegramId = z.string().check(z.regex(/^[1-9]\d{0,15}$/, 'not a Telegram id'));

/** A display name: 1–64 characters, no line breaks or other control characters. */
export const Name = z
  .string()
  .check(
    z.trim(),
    z.minLength(1),
    z.maxLength(64),
    z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u, 'no control characters'),
  );

/** A TCP port. */
export const Port = z.int().check(z.minimum(1), z.maximum(65535));

/** A query value that is a number: `?limit=20`. */
export const QueryInt = (least: number, most: number) => z.coerce.number().check(z.int(), z.minimum(least), z.maximum(most));

/** The answer of work that may outlast a few seconds: where to look for it. */
export const Accepted = z.object({ taskId: z.string() });
