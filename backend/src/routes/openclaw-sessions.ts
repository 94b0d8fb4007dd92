import type { sessionRoutes } from '@clawmoor/shared/openclaw-sessions.ts';
import { createSessions, type OfServer } from '../features/openclaw/sessions.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';
import type { Gateways } from '../lib/gateway.ts';

export function sessionHandlers({ gateways }: { gateways: Gateways }): Handlers<typeof sessionRoutes> {
  const sessions = createSessions(gateways);
  const asRole = (serverId: string, { server, signal }: RequestContext): OfServer => ({ serverId, as: server?.role ?? 'viewer', signal });
  // Resetting, deleting and compacting need the gateway's admin scope.
  const asControl = (serverId: string, { signal }: RequestContext): OfServer => ({ serverId, as: 'control', signal });
  return {
    listSessions: ({ id, activeOnly, ...filter }, context) =>
      sessions.list(asRole(id, context), { ...filter, activeOnly: activeOnly === 'true' }),
    readSession: ({ id, sessionKey, ...page }, context) => sessions.read(asRole(id, context), sessionKey, page),
    readSessionMessage: ({ id, sessionKey, messageId }, context) => sessions.message(asRole(id, context), sessionKey, messageId),
    removeSession({ id, sessionKey }, context) {
      context.note({ target: sessionKey });
      return sessions.remove(asControl(id, context), sessionKey);
    },
    async abortSession({ id, sessionKey }, context) {
      context.note({ target: sessionKey });
      return { aborted: await sessions.abort(asRole(id, context), sessionKey) };
    },
    resetSession({ id, sessionKey }, context) {
      context.note({ target: sessionKey });
      return sessions.reset(asControl(id, context), sessionKey);
    },
    async compactSession({ id, sessionKey }, context) {
      context.note({ target: sessionKey });
      const result = await sessions.compact(asControl(id, context), sessionKey);
      context.note({ after: { compacted: result.compacted } });
      return result;
    },
    readSessionUsage: ({ id, sessionKey }, context) => sessions.usage(asRole(id, context), sessionKey),
  };
}
