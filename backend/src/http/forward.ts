import type { Route } from '@clawmoor/shared/route.ts';
import type { RequestContext } from '../lib/caller.ts';
import type { GatewayCall } from '../lib/gateway.ts';

type AskGateway = (serverId: string, call: GatewayCall) => Promise<unknown>;

/** A handler that asks the gateway of the server `:id` and passes its answer on; the route's schema narrows it. */
export function forwarding(forwards: NonNullable<Route['forwards']>, ask: AskGateway) {
  const { method, as } = typeof forwards === 'string' ? { method: forwards, as: undefined } : forwards;
  return ({ id, body, ...rest }: Record<string, unknown>, { server, signal }: RequestContext): Promise<unknown> => {
    const params = { ...rest, ...(typeof body === 'object' && body) };
    return ask(String(id), { method, params, as: as ?? server?.role ?? 'viewer', signal });
  };
}
