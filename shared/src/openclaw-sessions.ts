import * as z from 'zod/mini';
import { QueryInt, Time } from './fields.ts';
import { route } from './route.ts';

/** `agent:<agentId>:<anything>`; may hold `:` and `/`, so that in a path it is percent-encoded. */
export const SessionKey = z.string().check(z.minLength(1), z.maxLength(512), z.regex(/^[^\p{Cc}]+$/u, 'no control characters'));

export const Session = z.object({
  key: z.string(),
  agentId: z.nullable(z.string()),
  title: z.nullable(z.string()),
  /** The end of the last message. */
  preview: z.nullable(z.string()),
  /** The channel that it came by: `telegram`, … */
  channel: z.nullable(z.string()),
  model: z.nullable(z.string()),
  /** A turn is under way. */
  running: z.boolean(),
  /** A turn is under way, and nothing was heard of it for longer than `stuckAfterMinutes`. */
  stuck: z.boolean(),
  lastRunAborted: z.boolean(),
  createdAt: z.nullable(Time),
  updatedAt: z.nullable(Time),
  tokens: z.nullable(z.object({ total: z.number(), limit: z.nullable(z.number()) })),
  costUsd: z.nullable(z.number()),
});
export type Session = z.output<typeof Session>;

export const SessionMessage = z.object({
  id: z.nullable(z.string()),
  /** Its place in the conversation, from 1; pages may overlap when it grows meanwhile. */
  seq: z.nullable(z.number()),
  role: z.enum(['user', 'assistant', 'tool', 'other']),
  text: z.string(),
  /** The gateway or we left out the rest of a long text. */
  truncated: z.boolean(),
  tools: z.array(z.object({ name: z.string() })),
  at: z.nullable(Time),
});
export type SessionMessage = z.output<typeof SessionMessage>;

export const SessionUsage = z.object({
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  total: z.number(),
  costUsd: z.number(),
  /** The gateway was still counting when it answered. */
  counting: z.boolean(),
});
export type SessionUsage = z.output<typeof SessionUsage>;

const StuckAfter = z._default(QueryInt(0, 1440), 10);
const Cursor = z.string().check(z.regex(/^\d{1,9}$/, 'the nextCursor of a page'));

export const sessionRoutes = {
  listSessions: route({
    method: 'get',
    path: '/servers/:id/openclaw/sessions',
    summary: 'The conversations of the gateway, the latest first',
    access: 'server:viewer',
    query: z.strictObject({
      agentId: z.optional(z.string().check(z.maxLength(64))),
      search: z.optional(z.string().check(z.trim(), z.maxLength(200))),
      activeOnly: z._default(z.enum(['true', 'false']), 'false'),
      stuckAfterMinutes: StuckAfter,
      cursor: z.optional(Cursor),
      limit: z._default(QueryInt(1, 200), 50),
    }),
    returns: z.object({ sessions: z.array(Session), total: z.nullable(z.number()), nextCursor: z.nullable(z.string()) }),
  }),
  readSession: route({
    method: 'get',
    path: '/servers/:id/openclaw/sessions/:sessionKey',
    summary: 'One conversation and a page of its messages, from the end backwards',
    access: 'server:viewer',
    query: z.strictObject({ stuckAfterMinutes: StuckAfter, cursor: z.optional(Cursor), limit: z._default(QueryInt(1, 200), 50) }),
    returns: z.object({ session: Session, messages: z.array(SessionMessage), nextCursor: z.nullable(z.string()) }),
  }),
  readSessionMessage: route({
    method: 'get',
    path: '/servers/:id/openclaw/sessions/:sessionKey/messages/:messageId',
    summary: 'One message whole, where the page has only its beginning',
    access: 'server:viewer',
    returns: SessionMessage,
  }),
  removeSession: route({
    method: 'delete',
    path: '/servers/:id/openclaw/sessions/:sessionKey',
    summary: 'Delete a conversation; the gateway keeps an archive of it',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.session_delete',
    status: 204,
  }),
  abortSession: route({
    method: 'post',
    path: '/servers/:id/openclaw/sessions/:sessionKey/abort',
    summary: 'End the turn that is under way, and what waits behind it',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.session_abort',
    body: z.strictObject({}),
    returns: z.object({ aborted: z.boolean() }),
  }),
  resetSession: route({
    method: 'post',
    path: '/servers/:id/openclaw/sessions/:sessionKey/reset',
    summary: 'Begin the conversation anew under the same key',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.session_reset',
    body: z.strictObject({}),
    status: 204,
  }),
  compactSession: route({
    method: 'post',
    path: '/servers/:id/openclaw/sessions/:sessionKey/compact',
    summary: 'Sum the conversation up, so that it takes less of the model’s memory',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.session_compact',
    body: z.strictObject({}),
    returns: z.object({ compacted: z.boolean(), reason: z.nullable(z.string()) }),
  }),
  readSessionUsage: route({
    method: 'get',
    path: '/servers/:id/openclaw/sessions/:sessionKey/usage',
    summary: 'What a conversation has used in the last 30 days',
    access: 'server:viewer',
    returns: SessionUsage,
  }),
};
