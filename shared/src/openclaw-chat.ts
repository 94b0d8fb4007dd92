import * as z from 'zod/mini';
import { SessionKey } from './openclaw-sessions.ts';
import { route } from './route.ts';

export const MOST_ATTACHMENTS = 5;
/** Of each, unpacked. The gateway's own limit for a frame is 25 MiB. */
export const MOST_ATTACHMENT_BYTES = 5 * 1024 * 1024;
const BODY_BYTES = 16 * 1024 * 1024;

const Attachment = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(128), z.regex(/^[^\p{Cc}/\\]+$/u, 'a file name')),
  type: z.string().check(z.maxLength(100), z.regex(/^[\w.+-]+\/[\w.+-]+$/, 'a media type')),
  content: z
    .string()
    .check(z.minLength(1), z.maxLength(Math.ceil((MOST_ATTACHMENT_BYTES * 4) / 3) + 4), z.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'base64')),
});

export const ChatMessage = z.strictObject({
  message: z.string().check(z.minLength(1), z.maxLength(50_000)),
  /** `agent:<agentId>:user-<userId>` unless told: each person has a conversation of their own. */
  sessionKey: z.optional(SessionKey),
  /** The same key again is answered with the first turn, not sent twice. */
  idempotencyKey: z.string().check(z.regex(/^[\w.:-]{1,128}$/, '1 to 128 letters, digits, dots, dashes')),
  attachments: z.optional(z.array(Attachment).check(z.maxLength(MOST_ATTACHMENTS))),
});
export type ChatMessage = z.output<typeof ChatMessage>;

const runId = z.string();

/** The feed of one conversation. With an event's id in `Last-Event-ID` it goes on after that event. */
export const chatEvents = {
  /** `listening`: from here on nothing is missed. Else what the gateway does before the model speaks. */
  status: z.object({ runId: z.nullable(z.string()), phase: z.string() }),
  /** What was added to the answer. */
  delta: z.object({ runId, text: z.string() }),
  tool: z.object({
    runId,
    id: z.string(),
    name: z.string(),
    phase: z.enum(['start', 'update', 'end']),
    failed: z.boolean(),
    detail: z.nullable(z.string()),
  }),
  /** The turn is over; `text` is the whole answer. */
  final: z.object({ runId, text: z.string(), aborted: z.boolean() }),
  /** The turn failed; without a `runId` it is the connection, which is tried again by itself. */
  error: z.object({ runId: z.nullable(z.string()), code: z.string(), message: z.string() }),
  /** Something was missed: read the conversation again, then go on. */
  resync: z.object({ why: z.enum(['too_old', 'too_slow', 'reconnected']) }),
};

export const chatRoutes = {
  sendChat: route({
    method: 'post',
    path: '/servers/:id/openclaw/agents/:agentId/chat',
    summary: 'Say something to an agent; its answer comes by the feed',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.chat_send',
    bodyBytes: BODY_BYTES,
    body: ChatMessage,
    returns: z.object({ runId: z.string(), sessionKey: z.string() }),
    status: 202,
  }),
  followChat: route({
    method: 'get',
    path: '/servers/:id/openclaw/agents/:agentId/chat/events',
    summary: 'The feed of a conversation: words and tools as they come',
    access: 'server:viewer',
    query: z.strictObject({ sessionKey: z.optional(SessionKey) }),
    emits: chatEvents,
  }),
  abortChat: route({
    method: 'post',
    path: '/servers/:id/openclaw/agents/:agentId/chat/abort',
    summary: 'End the answer that is under way',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.chat_abort',
    body: z.strictObject({ sessionKey: z.optional(SessionKey), runId: z.optional(z.string().check(z.maxLength(200))) }),
    returns: z.object({ aborted: z.boolean() }),
  }),
};
