import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { MOST_ATTACHMENT_BYTES, type ChatMessage } from '@clawmoor/shared/openclaw-chat.ts';
import type { Clock } from '../../lib/clock.ts';
import type { GatewayCall, Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { ChatEvent } from './chat-reader.ts';
import { createConversation, type Conversation } from './conversation.ts';
import { agentNotFound } from './openclaw.problems.ts';
import { attachmentTooLarge, otherAgent } from './sessions.problems.ts';
import { isRefusal, understand } from './understand.ts';

const Sent = z.object({ runId: z.string() });
const Aborted = z.object({ aborted: z.optional(z.boolean()) });

// Each is a listener and up to a megabyte of text.
const MOST_CONVERSATIONS = 300;
// After an agent or a plugin changed, the gateway fails a turn that it had prepared before.
const SUPERSEDED = /plugin generation was superseded/i;
const TRY_AGAIN_MS = [1_000, 2_000, 4_000];
// It fails so within seconds, or not at all; what was said, with its files, is not kept for longer.
const MAY_FAIL_MS = 60_000;

export interface Talk {
  serverId: string;
  agentId: string;
  /** Whose conversation it is where no key is given. */
  userId: string;
  as: GatewayCall['as'];
  sessionKey?: string | undefined;
}

export type Chats = ReturnType<typeof createChats>;

/** Talks with agents: what is said goes to the gateway, what comes back is handed to everybody who follows the conversation. */
export function createChats({ gateways, clock }: { gateways: Gateways; clock: Clock }) {
  const conversations = new Map<string, Conversation>();
  /** Turns that may have to be said again, by their run. */
  const turns = new Map<string, (message: string) => boolean>();

  function conversationOf(serverId: string, sessionKey: string): Conversation {
    const key = `${serverId} ${sessionKey}`;
    const open = conversations.get(key);
    if (open) return open;
    if (conversations.size >= MOST_CONVERSATIONS) makeRoom();
    const conversation: Conversation = createConversation({
      gateways,
      clock,
      serverId,
      sessionKey,
      takeFailure: (runId, message) => turns.get(runId)?.(message) ?? false,
      onTurnEnd: (runId) => void turns.delete(runId),
      onEnd: () => void (conversations.get(key) === conversation && conversations.delete(key)),
    });
    conversations.set(key, conversation);
    return conversation;
  }

  function makeRoom(): void {
    const idle = [...conversations.values()].find((one) => one.isIdle());
    if (!idle)
      throw new Problem('internal.busy', 'Too many conversations are followed at the moment', { fix: 'Try again in a few minutes.' });
    idle.end();
  }

  return {
    /** Not async: a key that is refused answers with an error, not with a feed. */
    follow(talk: Talk, after: number | undefined, signal: AbortSignal): AsyncIterable<ChatEvent> {
      return conversationOf(talk.serverId, keyOf(talk)).follow(after, signal);
    },
    async send(talk: Talk, body: ChatMessage, signal: AbortSignal): Promise<{ runId: string; sessionKey: string }> {
      const { serverId, as } = talk;
      const sessionKey = keyOf(talk);
      const params = { sessionKey, message: body.message, ...(body.attachments && { attachments: body.attachments.map(attached) }) };
      const runId = runOf(talk.userId, sessionKey, body.idempotencyKey);
      const conversation = conversationOf(serverId, sessionKey);
      await unlessAborted(conversation.ready(), signal);
      const say = (idempotencyKey: string, options: { signal?: AbortSignal }) =>
        gateways.request(serverId, { method: 'chat.send', params: { ...params, idempotencyKey }, as, ...options });
      sayAgainWhenSuperseded(runId, conversation, (again) => say(again, {}));
      const sent = understand(Sent, await say(runId, { signal }).catch((error: unknown) => explain(error, talk.agentId)), 'a turn');
      return { runId: sent.runId.slice(0, 200), sessionKey };
    },
    async abort(talk: Talk, runId: string | undefined, signal: AbortSignal): Promise<boolean> {
      const sessionKey = keyOf(talk);
      const run = runId === undefined ? undefined : (conversations.get(`${talk.serverId} ${sessionKey}`)?.nameOf(runId) ?? runId);
      if (runId !== undefined) turns.delete(runId);
      const params = { sessionKey, ...(run !== undefined && { runId: run }) };
      const payload = await gateways.request(talk.serverId, { method: 'chat.abort', params, as: talk.as, signal });
      return understand(Aborted, payload, 'an end').aborted ?? false;
    },
    close(): void {
      for (const conversation of conversations.values()) conversation.end();
    },
  };

  function sayAgainWhenSuperseded(runId: string, conversation: Conversation, say: (idempotencyKey: string) => Promise<unknown>): void {
    let attempts = 0;
    setTimeout(() => turns.delete(runId), MAY_FAIL_MS).unref();
    turns.set(runId, (message) => {
      const wait = SUPERSEDED.test(message) ? TRY_AGAIN_MS[attempts] : undefined;
      if (wait === undefined) return false;
      attempts += 1;
      const again = `${runId}.${attempts}`;
      conversation.alias(again, runId);
      setTimeout(() => {
        say(again).catch((error: unknown) => {
          const { code, message: why } =
            error instanceof Problem ? error : { code: 'gateway.down', message: 'The gateway does not answer' };
          conversation.publish({ event: 'error', data: { runId, code, message: why } });
        });
      }, wait).unref();
      return true;
    });
  }
}

/** Throws `session.other_agent` where the key is another agent's. */
function keyOf({ agentId, userId, sessionKey }: Talk): string {
  if (!/^[\w.-]{1,64}$/.test(agentId)) throw agentNotFound(agentId);
  // The gateway writes keys in small letters, and so does every event.
  const key = (sessionKey ?? `agent:${agentId}:user-${userId}`).toLowerCase();
  if (!key.startsWith(`agent:${agentId}:`.toLowerCase())) throw otherAgent(agentId);
  return key;
}

/** The gateway takes a key for the same turn wherever it comes from: two people may choose the same. */
const runOf = (userId: string, sessionKey: string, idempotencyKey: string): string =>
  `${userId}.${createHash('sha256').update(sessionKey).digest('hex').slice(0, 12)}.${idempotencyKey}`;

function attached({ name, type, content }: NonNullable<ChatMessage['attachments']>[number]): Record<string, unknown> {
  const sizeBytes = Buffer.byteLength(content, 'base64');
  if (sizeBytes > MOST_ATTACHMENT_BYTES) throw attachmentTooLarge(name, MOST_ATTACHMENT_BYTES);
  return { type: type.startsWith('image/') ? 'image' : 'file', mimeType: type, fileName: name, content, sizeBytes };
}

function explain(error: unknown, agentId: string): never {
  throw isRefusal(error, /agent "[^"]*" (no longer exists|not found)|unknown agent/i) ? agentNotFound(agentId) : error;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
