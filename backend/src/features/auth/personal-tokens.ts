import type { NewPersonalToken, PersonalToken, TokenScope } from '@clawmoor/shared/tokens.ts';
import type { Caller } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import { futureMs } from '../../lib/given-time.ts';
import type { MakeId } from '../../lib/id.ts';
import { hashSecret, newSecret } from '../../lib/secret.ts';
import type { Database } from '../../lib/tables.ts';
import { noOwnToken, notRegistered, tokenInvalid, tokenNotFound, tooLong, tooManyTokens } from './auth.problems.ts';
import { personalTokensStore, type TokenRow } from './personal-tokens.store.ts';

/** What tells a personal token from everything else, also to a scanner of leaked secrets. */
export const TOKEN_PREFIX = 'cmr_';

const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 90;
const MOST_DAYS = 366;
const MOST_TOKENS = 20;
// "Last used" to the minute is enough to see what is in use; a write for each request would not be.
const USE_NOTED_EVERY_MS = 60_000;

export interface PersonalTokensParts {
  db: Database;
  clock: Clock;
  makeId: MakeId;
  isSuperAdmin: (userId: string) => boolean;
  isRegistered: (userId: string) => Promise<boolean>;
  onRightsChanged: (userId: string) => void;
}

export interface WantedToken {
  name: string;
  scope: TokenScope;
  expiresAt?: string | undefined;
}

export type PersonalTokens = ReturnType<typeof createPersonalTokens>;

/** Tokens that people make for scripts. They carry no rights of their own: each request has those that its person has then. */
export function createPersonalTokens({ db, clock, makeId, isSuperAdmin, isRegistered, onRightsChanged }: PersonalTokensParts) {
  const store = personalTokensStore(db);

  return {
    async create(userId: string, { name, scope, expiresAt }: WantedToken): Promise<NewPersonalToken> {
      const now = clock.now();
      const expires_at = expiresAt === undefined ? now + DEFAULT_DAYS * DAY_MS : futureMs(expiresAt, { clock, path: 'expiresAt' });
      if (expires_at - now > MOST_DAYS * DAY_MS) throw tooLong(MOST_DAYS);
      const token = `${TOKEN_PREFIX}${newSecret()}`;
      const row = {
        id: makeId('pat'),
        user_id: userId,
        name,
        scope,
        hash: hashSecret(token),
        created_at: now,
        expires_at,
        last_used_at: null,
      };
      if (!(await store.add(row, { most: MOST_TOKENS, now }))) throw tooManyTokens(MOST_TOKENS);
      return { ...tokenView(row), token };
    },
    list: async (userId: string): Promise<PersonalToken[]> => (await store.of(userId, clock.now())).map(tokenView),
    /** The token that a caller came with. Throws `token.not_found` for who is signed in by a session. */
    async own({ userId, token }: Caller): Promise<PersonalToken> {
      const row = token && (await store.of(userId, clock.now())).find(({ id }) => id === token.id);
      if (!row) throw noOwnToken();
      return tokenView(row);
    },
    /** Throws `token.not_found` for somebody else's. */
    async revoke(userId: string, id: string): Promise<PersonalToken> {
      const row = await store.remove(id, userId);
      if (!row) throw tokenNotFound();
      onRightsChanged(userId);
      return tokenView(row);
    },
    /** Who holds a token. Throws `auth.token_invalid`, or `auth.not_registered` when its person may not sign in any more. */
    async read(token: string): Promise<Caller> {
      const now = clock.now();
      const row = await store.byHash(hashSecret(token));
      if (!row || row.expires_at <= now) throw tokenInvalid();
      const { id, user_id: userId, scope, last_used_at } = row;
      if (!(await isRegistered(userId))) throw notRegistered();
      if (last_used_at === null || now - last_used_at >= USE_NOTED_EVERY_MS) await store.use(id, now);
      const superAdmin = scope === 'admin' && isSuperAdmin(userId);
      return { userId, firstName: row.first_name, sessionId: id, isSuperAdmin: superAdmin, token: { id, scope } };
    },
    forgetOld: () => store.forgetBefore(clock.now()),
  };
}

const tokenView = (row: TokenRow): PersonalToken => ({
  id: row.id,
  name: row.name,
  scope: row.scope,
  createdAt: iso(row.created_at),
  expiresAt: iso(row.expires_at),
  lastUsedAt: row.last_used_at === null ? null : iso(row.last_used_at),
});
