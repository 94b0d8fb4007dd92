import type { meRoutes } from '@clawmoor/shared/me.ts';
import type { tokenRoutes } from '@clawmoor/shared/tokens.ts';
import type { Auth } from '../features/auth/auth.ts';
import type { PersonalTokens } from '../features/auth/personal-tokens.ts';
import type { Preferences } from '../features/preferences/preferences.ts';
import type { Handlers } from '../http/handlers.ts';

export interface MeHandlerParts {
  auth: Auth;
  personalTokens: PersonalTokens;
  preferences: Preferences;
}

export function meHandlers({ auth, personalTokens, preferences }: MeHandlerParts): Handlers<typeof meRoutes & typeof tokenRoutes> {
  return {
    listMySessions: async (_input, { caller }) => ({ sessions: await auth.sessionsOf(caller) }),
    async endSession({ sessionId }, { caller, note }) {
      note({ target: sessionId });
      await auth.endSession(sessionId, caller);
    },
    async endOtherSessions(_input, { caller, note }) {
      note({ after: { ended: await auth.endOtherSessions(caller) } });
    },
    readNotificationPrefs: (_input, { caller }) => preferences.read(caller.userId),
    async changeNotificationPrefs({ body }, { caller, note }) {
      note({ before: await preferences.read(caller.userId) });
      const after = await preferences.change(caller.userId, body);
      note({ after });
      return after;
    },
    listTokens: async (_input, { caller }) => ({ tokens: await personalTokens.list(caller.userId) }),
    async createToken({ body }, { caller, note }) {
      note({ after: body });
      const made = await personalTokens.create(caller.userId, body);
      note({ target: made.id, after: { name: made.name, scope: made.scope, expiresAt: made.expiresAt } });
      return made;
    },
    readOwnToken: (_input, { caller }) => personalTokens.own(caller),
    async endOwnToken(_input, { caller, note }) {
      const { id, name, scope } = await personalTokens.own(caller);
      note({ target: id, before: { name, scope } });
      await personalTokens.revoke(caller.userId, id);
    },
    async revokeToken({ tokenId }, { caller, note }) {
      note({ target: tokenId });
      const { name, scope } = await personalTokens.revoke(caller.userId, tokenId);
      note({ before: { name, scope } });
    },
  };
}
