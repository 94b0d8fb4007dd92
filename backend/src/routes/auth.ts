import type { authRoutes } from '@clawmoor/shared/auth.ts';
import type { Auth, Person } from '../features/auth/auth.ts';
import type { Handlers } from '../http/handlers.ts';

export interface AuthHandlerParts {
  auth: Auth;
  readInitData: (initData: string) => Person;
  /** Real initData for the trial's only person; throws 404 where there is no local trial. */
  signTrialInitData: () => string;
}

export function authHandlers({ auth, readInitData, signTrialInitData }: AuthHandlerParts): Handlers<typeof authRoutes> {
  const signIn: Handlers<typeof authRoutes>['signInWithTelegram'] = async ({ body }, { ip, userAgent, note }) => {
    const person = readInitData(body.initData);
    note({ actor: { id: person.id, name: person.firstName } });
    return auth.signIn(person, { ip, userAgent });
  };
  return {
    signInWithTelegram: signIn,
    signInToTrial: (_input, context) => signIn({ body: { initData: signTrialInitData() } }, context),
    refreshSession: ({ body }) => auth.refresh(body.token),
    signOut: (_input, { caller }) => auth.signOut(caller.sessionId),
    readMe: (_input, { caller }) => auth.readUser(caller.userId),
  };
}
