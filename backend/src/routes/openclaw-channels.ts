import type { channelRoutes } from '@clawmoor/shared/openclaw-channels.ts';
import {
  answerPairing,
  listChannels,
  listPairings,
  logOutChannel,
  startChannel,
  startQrLogin,
  stopChannel,
  waitQrLogin,
} from '../features/openclaw/channels.ts';
import type { OfServer } from '../features/openclaw/sessions.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';
import type { Gateways } from '../lib/gateway.ts';

export function channelHandlers({ gateways }: { gateways: Gateways }): Handlers<typeof channelRoutes> {
  const of = (serverId: string, { server, signal }: RequestContext): OfServer => ({ serverId, as: server?.role ?? 'viewer', signal });
  return {
    listChannels: ({ id }, context) => listChannels(gateways, of(id, context)),
    startChannel({ id, channel, body }, context) {
      context.note({ target: channel, after: body });
      return startChannel(gateways, of(id, context), { channel, ...body });
    },
    stopChannel({ id, channel, body }, context) {
      context.note({ target: channel, after: body });
      return stopChannel(gateways, of(id, context), { channel, ...body });
    },
    logOutChannel({ id, channel, body }, context) {
      context.note({ target: channel, after: body });
      return logOutChannel(gateways, of(id, context), { channel, ...body });
    },
    startQrLogin({ id, channel, body }, context) {
      context.note({ target: channel, after: body });
      return startQrLogin(gateways, of(id, context), { channel, ...body });
    },
    waitQrLogin({ id, channel, body }, context) {
      // The code logs in whoever scans it: it is not written down.
      context.note({ target: channel, after: { accountId: body.accountId } });
      return waitQrLogin(gateways, of(id, context), { channel, ...body });
    },
    listPairings: async ({ id }, context) => ({ requests: await listPairings(gateways, of(id, context)) }),
    async approvePairing({ id, requestId, body }, context) {
      context.note({ target: requestId, after: body });
      await answerPairing(gateways, of(id, context), { answer: 'approve', requestId, ...body });
    },
    async dismissPairing({ id, requestId, body }, context) {
      context.note({ target: requestId, after: body });
      await answerPairing(gateways, of(id, context), { answer: 'dismiss', requestId, ...body });
    },
  };
}
