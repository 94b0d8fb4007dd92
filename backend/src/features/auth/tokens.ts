import { hash, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Clock } from '../../lib/clock.ts';
import type { Caller } from '../../lib/caller.ts';

const TOKEN_SECONDS = 15 * 60;
const ISSUER = 'clawmoor';
const AUDIENCE = 'clawmoor-api';
// 5,000 people at once; an entry is about 400 bytes.
const CACHE_ENTRIES = 5_000;

export interface Claims {
  userId: string;
  sessionId: string;
  expiresAt: number;
}

/** Signs and reads the JWTs of sessions. The key is a `KeyObject`: a string would be parsed anew at each check, 50 times slower. */
export function createTokens({ key, clock }: { key: KeyObject; clock: Clock }) {
  return {
    sign({ userId, sessionId }: { userId: string; sessionId: string }): { token: string; expiresAt: number } {
      const issuedAt = Math.floor(clock.now() / 1000);
      const exp = issuedAt + TOKEN_SECONDS;
      const token = jwt.sign({ sub: userId, sid: sessionId, iat: issuedAt, exp, iss: ISSUER, aud: AUDIENCE }, key, { algorithm: 'HS256' });
      return { token, expiresAt: exp * 1000 };
    },
    /** `undefined` when it is not ours, was changed, or (unless `evenExpired`) is over. */
    read(token: string, { evenExpired = false } = {}): Claims | undefined {
      try {
        const claims = jwt.verify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTimestamp: Math.floor(clock.now() / 1000),
          ignoreExpiration: evenExpired,
        });
        if (typeof claims === 'string' || typeof claims.sub !== 'string' || typeof claims['sid'] !== 'string' || !claims.exp)
          return undefined;
        return { userId: claims.sub, sessionId: claims['sid'], expiresAt: claims.exp * 1000 };
      } catch {
        return undefined;
      }
    },
  };
}

/** Remembers who holds a verified token, by its hash, until it ends or its session is revoked. */
export function createTokenCache({ clock }: { clock: Clock }) {
  const entries = new Map<string, { caller: Caller; expiresAt: number }>();
  let forgotten = 0;
  return {
    /** Grows with each session that is forgotten. */
    forgotten: (): number => forgotten,
    get(token: string): Caller | undefined {
      const entry = entries.get(hash('sha256', token));
      return entry && entry.expiresAt > clock.now() ? entry.caller : undefined;
    },
    /** `since`: `forgotten()` before the session was read. One that was revoked meanwhile must not be remembered as open. */
    put(token: string, caller: Caller, { expiresAt, since }: { expiresAt: number; since: number }): void {
      if (since !== forgotten) return;
      const [oldest] = entries.keys();
      if (entries.size >= CACHE_ENTRIES && oldest !== undefined) entries.delete(oldest);
      entries.set(hash('sha256', token), { caller, expiresAt });
    },
    forgetSession(sessionId: string): void {
      forgotten++;
      for (const [key, { caller }] of entries) if (caller.sessionId === sessionId) entries.delete(key);
    },
  };
}
