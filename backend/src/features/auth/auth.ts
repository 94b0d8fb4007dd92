import type { KeyObject } from 'node:crypto';
import type { SignedIn, User } from '@clawmoor/shared/auth.ts';
import type { Session } from '@clawmoor/shared/me.ts';
import type { Caller } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { MakeId } from '../../lib/id.ts';
import type { Database } from '../../lib/tables.ts';
import { notRegistered, sessionEnded, sessionNotFound, tokenInvalid } from './auth.problems.ts';
import { authStore, type SessionRow, type UserRow } from './auth.store.ts';
import { createTokenCache, createTokens } from './tokens.ts';

const SESSION_MS = 12 * 3_600_000;
const IDLE_MS = 2 * 3_600_000;
// A session that has ended says nothing any more; the audit log keeps who signed in.
const KEPT_MS = 30 * 24 * 3_600_000;
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
  /** A session of this person has ended: what it holds open must be asked again. */
  onRightsChanged: (userId: string) => void;
}

interface Origin {
  ip: string;
  userAgent: string | undefined;
  /** The launch came from an invitation that this person may use. */
  invited?: boolean;
}

export type Auth = ReturnType<typeof createAuth>;

/** People, their sessions and the tokens of these. */
export function createAuth({ db, clock, makeId, jwtKey, superAdminIds, registration, onRightsChanged }: AuthParts) {
  const store = authStore(db);
  const tokens = createTokens({ key: jwtKey, clock });
  const cache = createTokenCache({ clock });
  const isSuperAdmin = (id: string): boolean => superAdminIds.has(id);

  function signedIn(user: UserRow, sessionId: string): SignedIn {
    const { token, expiresAt } = tokens.sign({ userId: user.id, sessionId });
    return { token, user: userOf(user, isSuperAdmin(user.id)), expiresAt: iso(expiresAt) };
  }

  function isOpen({ revoked_at, created_at, last_used_at }: SessionRow): boolean {
    const now = clock.now();
    return revoked_at === null && now - created_at < SESSION_MS && now - last_used_at < IDLE_MS;
  }

  async function openSession(id: string): Promise<{ userId: string } | undefined> {
    const session = await store.session(id);
    return session && isOpen(session) ? { userId: session.user_id } : undefined;
  }

  const openSessionsOf = async (userId: string): Promise<SessionRow[]> => (await store.sessionsOf(userId)).filter(isOpen);

  async function revoke(sessionId: string, userId: string): Promise<void> {
    await store.revokeSession(sessionId, clock.now());
    cache.forgetSession(sessionId);
    onRightsChanged(userId);
  }

  /** Super-admins, members of a server, and where registration is open everybody. */
  const isRegistered = async (userId: string): Promise<boolean> =>
    isSuperAdmin(userId) || registration === 'open' || store.isMember(userId, clock.now());

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
    isRegistered,
    isSuperAdmin,
    /** Opens a session for a person whose identity was proved. Throws `auth.not_registered` where sign-in is by invitation. */
    async signIn(person: Person, { ip, userAgent, invited = false }: Origin): Promise<SignedIn> {
      if (!invited && !(await isRegistered(person.id))) throw notRegistered();
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
      const since = cache.forgotten();
      const caller = await callerOf(claims.sessionId);
      cache.put(token, caller, { expiresAt: claims.expiresAt, since });
      return caller;
    },
    signOut: ({ sessionId, userId }: Caller): Promise<void> => revoke(sessionId, userId),
    /** Where the caller is signed in, the last used first. */
    sessionsOf: async ({ userId, sessionId }: Caller): Promise<Session[]> =>
      (await openSessionsOf(userId)).map((row) => sessionView(row, sessionId)),
    /** Throws `auth.session_not_found` for somebody else's, and for one that has ended. */
    async endSession(id: string, { userId }: Caller): Promise<void> {
      if (!(await openSessionsOf(userId)).some((session) => session.id === id)) throw sessionNotFound();
      await revoke(id, userId);
    },
    /** All but the caller's; answers how many there were. */
    async endOtherSessions({ userId, sessionId }: Caller): Promise<number> {
      const others = (await openSessionsOf(userId)).filter(({ id }) => id !== sessionId);
      for (const { id } of others) await revoke(id, userId);
      return others.length;
    },
    forgetOld: () => store.forgetSessionsBefore(clock.now() - KEPT_MS),
    async readUser(id: string): Promise<User> {
      const known = users.get(id) ?? (await store.user(id));
      if (!known) throw sessionEnded();
      remember(known);
      return userOf(known, isSuperAdmin(id));
    },
  };
}

const sessionView = (row: SessionRow, currentId: string): Session => ({
  id: row.id,
  current: row.id === currentId,
  createdAt: iso(row.created_at),
  lastUsedAt: iso(row.last_used_at),
  expiresAt: iso(row.created_at + SESSION_MS),
  userAgent: row.user_agent,
  ip: row.ip,
});

const userOf = (row: UserRow, isSuperAdmin: boolean): User => ({
  id: row.id,
  firstName: row.first_name,
  lastName: row.last_name,
  username: row.username,
  languageCode: row.language_code,
  isSuperAdmin,
});
