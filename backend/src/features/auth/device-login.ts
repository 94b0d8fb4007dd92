import { randomInt } from 'node:crypto';
import type { DeviceLogin } from '@clawmoor/shared/device.ts';
import type { NewPersonalToken, TokenScope } from '@clawmoor/shared/tokens.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import { hashSecret, newSecret } from '../../lib/secret.ts';
import type { Database } from '../../lib/tables.ts';
import { deviceAnswered, deviceDenied, deviceExpired, deviceNotFound, devicePending, polledTooSoon } from './auth.problems.ts';
import { deviceLoginStore, type DeviceRow } from './device-login.store.ts';
import type { WantedToken } from './personal-tokens.ts';

const GOOD_FOR_MS = 10 * 60_000;
const INTERVAL_SECONDS = 5;
// Consonants without lookalikes: no word comes out, and nothing is read as something else. 20^8 codes, of which a person who
// is signed in may try 20 a minute while one is good for 10.
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const CODE_LENGTH = 8;

export interface DeviceLoginsParts {
  db: Database;
  clock: Clock;
  linkTo: (startParam: string) => string | null;
  createToken: (userId: string, wanted: WantedToken) => Promise<NewPersonalToken>;
}

export interface Device {
  ip: string;
  userAgent: string | undefined;
}

export type DeviceLogins = ReturnType<typeof createDeviceLogins>;

/** Logs a command line in: it shows a code, a signed-in person approves that code, and it gets a personal token. */
export function createDeviceLogins({ db, clock, linkTo, createToken }: DeviceLoginsParts) {
  const store = deviceLoginStore(db);

  async function waiting(userCode: string): Promise<DeviceRow> {
    const row = await store.byUserCode(normal(userCode));
    if (!row || row.expires_at <= clock.now()) throw deviceNotFound();
    return row;
  }

  async function answer(userCode: string, given: Parameters<typeof store.answer>[1]): Promise<DeviceLogin> {
    const { user_code } = await waiting(userCode);
    const row = await store.answer(user_code, given);
    if (!row) throw deviceAnswered();
    return deviceView(row);
  }

  return {
    async start({ ip, userAgent }: Device) {
      const now = clock.now();
      await store.forgetBefore(now);
      const deviceCode = newSecret();
      const user_code = makeCode();
      const expires_at = now + GOOD_FOR_MS;
      await store.add({
        user_code,
        device_code_hash: hashSecret(deviceCode),
        user_agent: userAgent ?? null,
        ip,
        user_id: null,
        scope: null,
        created_at: now,
        expires_at,
        polled_at: null,
      });
      const link = linkTo(`dev_${user_code}`);
      return { deviceCode, userCode: shown(user_code), link, expiresAt: iso(expires_at), interval: INTERVAL_SECONDS };
    },
    read: async (userCode: string): Promise<DeviceLogin> => deviceView(await waiting(userCode)),
    approve: (userCode: string, userId: string, scope: TokenScope): Promise<DeviceLogin> =>
      answer(userCode, { state: 'approved', user_id: userId, scope }),
    deny: (userCode: string, userId: string): Promise<DeviceLogin> => answer(userCode, { state: 'denied', user_id: userId, scope: null }),

    /** The token, once. Throws `auth.device_pending`, `auth.device_denied`, or `auth.device_expired`, also for a code that never was. */
    async poll(deviceCode: string): Promise<{ userId: string; token: NewPersonalToken }> {
      const row = await store.byDeviceCode(hashSecret(deviceCode));
      const now = clock.now();
      if (!row || row.expires_at <= now) throw deviceExpired();
      if (row.state === 'denied') throw deviceDenied();
      if (row.state === 'pending') {
        const tooSoon = row.polled_at !== null && now - row.polled_at < (INTERVAL_SECONDS - 1) * 1000;
        await store.polled(row.user_code, now);
        throw tooSoon ? polledTooSoon(INTERVAL_SECONDS) : devicePending(INTERVAL_SECONDS);
      }
      const taken = await store.take(row.user_code);
      if (!taken?.user_id || !taken.scope) throw deviceExpired();
      const name = `Command line (${taken.ip ?? 'unknown address'})`;
      return { userId: taken.user_id, token: await createToken(taken.user_id, { name, scope: taken.scope }) };
    },
    forgetOld: () => store.forgetBefore(clock.now()),
  };
}

const makeCode = (): string => Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

const shown = (code: string): string => `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;

/** People type it in small letters, with the dash or without. */
const normal = (typed: string): string => typed.toUpperCase().replace(/[^A-Z]/g, '');

const deviceView = (row: DeviceRow): DeviceLogin => ({
  userCode: shown(row.user_code),
  state: row.state,
  userAgent: row.user_agent,
  ip: row.ip,
  createdAt: iso(row.created_at),
  expiresAt: iso(row.expires_at),
});
