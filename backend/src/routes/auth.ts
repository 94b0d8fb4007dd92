import type { authRoutes } from '@clawmoor/shared/auth.ts';
import type { Auth, Person } from '../features/auth/auth.ts';
import type { StepUp } from '../features/auth/step-up.ts';
import type { Handlers } from '../http/handlers.ts';

export interface AuthHandlerParts {
  auth: Auth;
  stepUp: StepUp;
  /** `startParam`: what the link said that opened the app; a stranger's text, even when Telegram signed it. */
  readInitData: (initData: string) => Person & { startParam: string | null };
  /** Whether that is an invitation for this person. */
  admits: (startParam: string | null, userId: string) => Promise<boolean>;
  /** Real initData for the trial's only person; throws 404 where there is no local trial. */
  signTrialInitData: () => string;
}

export function authHandlers({ auth, stepUp, readInitData, admits, signTrialInitData }: AuthHandlerParts): Handlers<typeof authRoutes> {
  const signIn: Handlers<typeof authRoutes>['signInWithTelegram'] = async ({ body }, { ip, userAgent, note }) => {
    const { startParam, ...person } = readInitData(body.initData);
    note({ actor: { id: person.id, name: person.firstName } });
    return auth.signIn(person, { ip, userAgent, invited: await admits(startParam, person.id) });
  };
  return {
    signInWithTelegram: signIn,
    signInToTrial: (_input, context) => signIn({ body: { initData: signTrialInitData() } }, context),
    refreshSession: ({ body }) => auth.refresh(body.token),
    signOut: (_input, { caller }) => auth.signOut(caller),
    stepUp: ({ body }, { caller }) => stepUp.confirm(caller, body),
    readMe: (_input, { caller }) => auth.readUser(caller.userId),
  };
}
