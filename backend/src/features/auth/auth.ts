import type { KeyObject } from 'node:crypto';
import type { SignedIn, User } from '@clawmoor/shared/auth.ts';
import type { Caller } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { MakeId } from '../../lib/id.ts';
import type { Database } from '../../lib/tables.ts';
import { notRegistered, sessionEnded, tokenInvalid } from './auth.problems.ts';
import { authStore, type UserRow } from './auth.store.ts';
import { createTokenCache, createTokens } from './tokens.ts';

const SESSION_MS = 12 * 3_600_000;
const IDLE_MS = 2 * 3_600_000;
const CACHED_USERS = 5_000;

export interface Person {
  id: string;
  firstName: string;
  lastName: string | null;
  username: string | null;
  languageCode: string | null;
  allowsWriteToPm: boolean;
}

export interface AuthParts {
  db: Database;
  clock: Clock;
  makeId: MakeId;
  jwtKey: KeyObject;
  superAdminIds: ReadonlySet<string>;
  registration: 'open' | 'invite';
}

interface Origin {
  ip: string;
  userAgent: string | undefined;
}

export type Auth = ReturnType<typeof createAuth>;

/** People, their sessions and the tokens of these. */
export function createAuth({ db, clock, makeId, jwtKey, superAdminIds, registration }: AuthParts) {
  const store = authStore(db);
  const tokens = createTokens({ key: jwtKey, clock });
  const cache = createTokenCache({ clock });
  const isSuperAdmin = (id: string): boolean => superAdminIds.has(id);

  function signedIn(user: UserRow, sessionId: string): SignedIn {
    const { token, expiresAt } = tokens.sign({ userId: user.id, sessionId });
    return { token, user: userOf(user, isSuperAdmin(user.id)), expiresAt: iso(expiresAt) };
  }

  async function openSession(id: string): Promise<{ userId: string } | undefined> {
    const session = await store.session(id);
    if (!session || session.revoked_at !== null) return undefined;
    const now = clock.now();
    if (now - session.created_at >= SESSION_MS || now - session.last_used_at >= IDLE_MS) return undefined;
    return { userId: session.user_id };
  }

  // What `GET /me` answers; a person's row changes at their sign-in alone.
  const users = new Map<string, UserRow>();
  function remember(user: UserRow): void {
    if (users.size >= CACHED_USERS) users.clear();
    users.set(user.id, user);
  }

  /** Who a session belongs to, with their rights of now. Throws `auth.session_ended`. */
  async function callerOf(sessionId: string): Promise<Caller> {
    const session = await openSession(sessionId);
    const user = session && (await store.user(session.userId));
    if (!user) throw sessionEnded();
    return { userId: user.id, firstName: user.first_name, sessionId, isSuperAdmin: isSuperAdmin(user.id) };
  }

  return {
    callerOf,
    /** Opens a session for a person whose identity was proved. Throws `auth.not_registered` where sign-in is by invitation. */
    async signIn(person: Person, { ip, userAgent }: Origin): Promise<SignedIn> {
      const known = isSuperAdmin(person.id) || registration === 'open' || (await store.isMember(person.id));
      if (!known) throw notRegistered();
      const now = clock.now();
      const user = await store.putUser({
        id: person.id,
        first_name: person.firstName,
        last_name: person.lastName,
        username: person.username,
        language_code: person.languageCode,
        allows_write_to_pm: person.allowsWriteToPm ? 1 : 0,
        created_at: now,
        last_seen_at: now,
      });
      remember(user);
      const sessionId = makeId('ses');
      await store.addSession({
        id: sessionId,
        user_id: user.id,
        created_at: now,
        last_used_at: now,
        revoked_at: null,
        user_agent: userAgent ?? null,
        ip,
      });
      return signedIn(user, sessionId);
    },
    /** A fresh token for the last one, also an expired one, while the session is younger than 12 h and was used within 2 h. */
    async refresh(token: string): Promise<SignedIn> {
      const claims = tokens.read(token, { evenExpired: true });
      if (!claims) throw tokenInvalid();
      const session = await openSession(claims.sessionId);
      const user = session && (await store.user(session.userId));
      if (!user) throw sessionEnded();
      await store.useSession(claims.sessionId, clock.now());
      return signedIn(user, claims.sessionId);
    },
    /** Who holds a token. Throws `auth.token_invalid` or `auth.session_ended`. */
    async readToken(token: string): Promise<Caller> {
      const cached = cache.get(token);
      if (cached) return cached;
      const claims = tokens.read(token);
      if (!claims) throw tokenInvalid();
      const caller = await callerOf(claims.sessionId);
      cache.put(token, caller, claims.expiresAt);
      return caller;
    },
    async signOut(sessionId: string): Promise<void> {
      await store.revokeSession(sessionId, clock.now());
      cache.forgetSession(sessionId);
    },
    async readUser(id: string): Promise<User> {
      const known = users.get(id) ?? (await store.user(id));
      if (!known) throw sessionEnded();
      remember(known);
      return userOf(known, isSuperAdmin(id));
    },
  };
}

const userOf = (row: UserRow, isSuperAdmin: boolean): User => ({
  id: row.id,
  firstName: row.first_name,
  lastName: row.last_name,
  username: row.username,
  languageCode: row.language_code,
  isSuperAdmin,
});
