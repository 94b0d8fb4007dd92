import type { SignedIn } from '@clawmoor/shared/auth.ts';
import { authRoutes } from '@clawmoor/shared/auth.ts';
import { initData } from '../telegram/bridge.ts';
import { ApiError, createCall } from './client.ts';
import { takeEarly } from './early.ts';

// Renewed this long before it ends, so that no request meets the end.
const RENEW_BEFORE_MS = 30_000;

type Listener = () => void;

/** `out`: nobody has signed in. `over`: the session has ended and cannot be renewed. */
export type SessionState = { kind: 'out' } | { kind: 'in'; session: SignedIn } | { kind: 'over'; error: ApiError };

let state: SessionState = { kind: 'out' };
let renewing: Promise<string | undefined> | undefined;
const listeners = new Set<Listener>();

export const sessionState = (): SessionState => state;
export function subscribeToSession(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** The token lives in this module alone: storage is blocked inside Telegram's web client, and a cookie would be a way in for others. */
async function token(): Promise<string | undefined> {
  if (state.kind !== 'in') return undefined;
  return Date.parse(state.session.expiresAt) - Date.now() > RENEW_BEFORE_MS ? state.session.token : renew();
}

/** One renewal at a time, however many requests need it. */
function renew(): Promise<string | undefined> {
  renewing ??= renewOnce().finally(() => (renewing = undefined));
  return renewing;
}

async function renewOnce(): Promise<string | undefined> {
  if (state.kind !== 'in') return undefined;
  try {
    return (await enter(call(authRoutes.refreshSession, { body: { token: state.session.token } }))).token;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429) throw error;
    // The launch of the app may still be young enough to sign in with once more.
    if (initData !== '')
      return signIn()
        .then(({ token: fresh }) => fresh)
        .catch(() => end(error));
    return end(error);
  }
}

function end(error: ApiError): undefined {
  become({ kind: 'over', error });
  return undefined;
}

async function enter(signing: Promise<SignedIn>): Promise<SignedIn> {
  const session = await signing;
  become({ kind: 'in', session });
  return session;
}

/** Ends the session here and on the server; without a connection the server ends it by itself later. */
export async function signOut(): Promise<void> {
  await call(authRoutes.signOut, {}).catch(() => undefined);
  become({ kind: 'over', error: new ApiError(401, { error: 'Signed out', code: 'auth.session_ended' }) });
}

export const call = createCall({ token, renew });
export const currentToken = token;
export const renewedToken = renew;
export const signIn = (): Promise<SignedIn> =>
  enter(takeEarly<SignedIn>('signIn').then((early) => early ?? call(authRoutes.signInWithTelegram, { body: { initData } })));
export const signInToTrial = (): Promise<SignedIn> => enter(call(authRoutes.signInToTrial, { body: {} }));
