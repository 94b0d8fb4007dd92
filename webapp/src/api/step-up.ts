import { authRoutes } from '@clawmoor/shared/auth.ts';
import { initData } from '../telegram/bridge.ts';
import { call } from './session.ts';

/** How a person proves that they are there: by a launch of the app that is a few minutes old; in the trial by a name that they type. */
export type Proof = { confirm: string } | undefined;

export const provesByTyping = initData === '';

/** The header that a route with `stepUp` asks for; good once. Throws `auth.init_data_expired` where the launch is too old. */
export async function proved(proof: Proof): Promise<{ headers: Record<string, string> }> {
  const { code } = await call(authRoutes.stepUp, { body: proof ?? { initData } });
  return { headers: { 'x-step-up': code } };
}
