import { validate } from '@telegram-apps/init-data-node';
import * as z from 'zod/mini';
import { Problem } from '../../lib/problem.ts';

export interface TelegramUser {
  id: string;
  firstName: string;
  lastName: string | null;
  username: string | null;
  languageCode: string | null;
  allowsWriteToPm: boolean;
  /** What the link said that opened the app: signed, yet whoever made the link wrote it. */
  startParam: string | null;
}

const MAX_LENGTH = 16_384;
const FUTURE_TOLERANCE_SECONDS = 60;

const UserField = z.object({
  id: z.number().check(z.refine((id) => Number.isSafeInteger(id) && id > 0)),
  first_name: z.string(),
  last_name: z.optional(z.string()),
  username: z.optional(z.string()),
  language_code: z.optional(z.string()),
  allows_write_to_pm: z.optional(z.boolean()),
});

export interface InitDataOptions {
  botToken: string;
  maxAgeSeconds: number;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * The person who opened the Mini App, proved by Telegram's signature. The package does the HMAC; what it lacks is here:
 * duplicated fields, length, a lower-case hash, an `auth_date` in the future, an id that is no safe integer.
 * Throws `auth.init_data_invalid` or `auth.init_data_expired`, never saying which part was wrong.
 */
export function readInitData(raw: string, { botToken, maxAgeSeconds, now }: InitDataOptions): TelegramUser {
  const fields = fieldsOf(raw);
  if (!/^[0-9a-f]{64}$/.test(fields.get('hash') ?? '')) throw invalid();
  try {
    // `expiresIn: 0` switches the package's own age check off: it reads the system clock and allows the future.
    validate(raw, botToken, { expiresIn: 0 });
  } catch {
    throw invalid();
  }
  const authDate = fields.get('auth_date') ?? '';
  if (!/^\d{1,12}$/.test(authDate)) throw invalid();
  const age = Math.floor(now / 1000) - Number(authDate);
  if (age < -FUTURE_TOLERANCE_SECONDS) throw invalid();
  if (age > maxAgeSeconds) throw expired();
  return { ...userOf(fields.get('user')), startParam: fields.get('start_param') ?? null };
}

function fieldsOf(raw: string): Map<string, string> {
  if (raw.length === 0 || raw.length > MAX_LENGTH) throw invalid();
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    if (fields.has(name)) throw invalid();
    fields.set(name, value);
  }
  return fields;
}

function userOf(text: string | undefined): Omit<TelegramUser, 'startParam'> {
  let json: unknown;
  try {
    json = JSON.parse(text ?? '');
  } catch {
    throw invalid();
  }
  const user = UserField.safeParse(json);
  if (!user.success) throw invalid();
  const { id, first_name, last_name, username, language_code, allows_write_to_pm } = user.data;
  return {
    id: String(id),
    firstName: first_name,
    lastName: last_name ?? null,
    username: username ?? null,
    languageCode: language_code ?? null,
    allowsWriteToPm: allows_write_to_pm ?? false,
  };
}

const invalid = (): Problem =>
  new Problem('auth.init_data_invalid', 'Telegram did not confirm this sign-in', { fix: 'Close the app and open it again from the bot.' });

const expired = (): Problem =>
  new Problem('auth.init_data_expired', 'This launch of the app is too old to sign in with', {
    fix: 'Close the app and open it again from the bot.',
  });
