import type { Request } from 'express';
import { Problem } from '../lib/problem.ts';

/** Whether a one-use code is good for a session; used up unless `peek`. */
export type RedeemStepUp = (code: string, sessionId: string, options: { peek: boolean }) => Promise<boolean>;

/**
 * Demands the proof that the session's person is there. `peek` only looks, so that a request with a bad body costs nobody
 * their code. A personal token proves itself by its scope `admin`: nobody sits before a script. Throws `auth.step_up_required`.
 */
export async function demandStepUp(request: Request, redeem: RedeemStepUp, { peek = false } = {}): Promise<void> {
  const { caller } = request;
  if (!caller) throw new Error('A public route demanded step-up');
  if (caller.token?.scope === 'admin') return;
  const code = request.get('x-step-up');
  const proved = !caller.token && code !== undefined && code.length <= 128 && (await redeem(code, caller.sessionId, { peek }));
  if (proved) return;
  throw new Problem('auth.step_up_required', 'Confirm first that it is you', {
    fix: caller.token
      ? 'Do it in the app, or with a token of the scope admin.'
      : 'Open the app anew and repeat it within 5 minutes; a client sends the code of POST /auth/step-up as X-Step-Up.',
  });
}
