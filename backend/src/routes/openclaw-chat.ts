import type { chatRoutes } from '@clawmoor/shared/openclaw-chat.ts';
import type { Chats, Talk } from '../features/openclaw/chats.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';

export function chatHandlers({ chats }: { chats: Chats }): Handlers<typeof chatRoutes> {
  const talk = (
    { id, agentId, sessionKey }: { id: string; agentId: string; sessionKey?: string | undefined },
    context: RequestContext,
  ): Talk => ({
    serverId: id,
    agentId,
    userId: context.caller.userId,
    as: context.server?.role ?? 'viewer',
    sessionKey,
  });
  return {
    async sendChat({ id, agentId, body }, context) {
      const { message, sessionKey, attachments = [] } = body;
      // What was said is in the conversation; here stands only that it was.
      const files = attachments.map(({ type, content }) => ({ type, size: Buffer.byteLength(content, 'base64') }));
      context.note({ target: agentId, after: { sessionKey, characters: message.length, files } });
      return chats.send(talk({ id, agentId, sessionKey }, context), body, context.signal);
    },
    followChat: ({ id, agentId, sessionKey }, context) =>
      chats.follow(talk({ id, agentId, sessionKey }, context), context.lastEventId, context.signal) as ReturnType<
        Handlers<typeof chatRoutes>['followChat']
      >,
    async abortChat({ id, agentId, body }, context) {
      context.note({ target: agentId, after: body });
      return { aborted: await chats.abort(talk({ id, agentId, sessionKey: body.sessionKey }, context), body.runId, context.signal) };
    },
  };
}
