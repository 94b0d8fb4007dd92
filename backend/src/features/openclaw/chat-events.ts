import * as z from 'zod/mini';
import { messageOf, WireMessage } from './session-message.ts';
import type { ChatEvent } from './chat-reader.ts';
import { clip } from './understand.ts';

const Chat = z.object({
  runId: z.string(),
  state: z.enum(['status', 'delta', 'final', 'error', 'aborted']),
  phase: z.optional(z.string()),
  deltaText: z.optional(z.string()),
  message: z.optional(z.nullable(WireMessage)),
  errorMessage: z.optional(z.nullable(z.string())),
});
/** The stream `tool` says more, but only to the connection that sent the message; these two are heard by all. */
const Tool = z.object({
  runId: z.string(),
  stream: z.enum(['item', 'command_output']),
  data: z.object({
    kind: z.optional(z.string()),
    phase: z.string(),
    status: z.optional(z.string()),
    toolCallId: z.string(),
    name: z.optional(z.string()),
    title: z.optional(z.nullable(z.string())),
    output: z.optional(z.nullable(z.string())),
  }),
});

const MOST_DELTA = 64_000;
const MOST_ANSWER = 200_000;
// The beginning of what a tool is given or prints: enough to see what it does.
const MOST_DETAIL = 500;

/** What an event of the gateway means to those who follow `sessionKey`; `undefined` for all else, and for what makes no sense. */
export function chatEventOf(event: string, payload: unknown, sessionKey: string): ChatEvent | undefined {
  if (typeof payload !== 'object' || payload === null || !('sessionKey' in payload) || payload.sessionKey !== sessionKey) return undefined;
  if (event === 'chat') return ofChat(payload);
  return event === 'agent' ? ofTool(payload) : undefined;
}

function ofChat(payload: unknown): ChatEvent | undefined {
  const parsed = Chat.safeParse(payload);
  if (!parsed.success) return undefined;
  const { state, phase, deltaText, message, errorMessage } = parsed.data;
  const runId = parsed.data.runId.slice(0, 200);
  const text = message ? messageOf(message, MOST_ANSWER).text : '';
  switch (state) {
    case 'status':
      return { event: 'status', data: { runId, phase: clip(phase, 64) ?? 'working' } };
    case 'delta':
      return deltaText ? { event: 'delta', data: { runId, text: deltaText.slice(0, MOST_DELTA) } } : undefined;
    case 'error':
      return { event: 'error', data: { runId, code: 'gateway.refused', message: clip(errorMessage ?? text, 500) ?? 'The turn failed' } };
    case 'final':
    case 'aborted':
      return { event: 'final', data: { runId, text, aborted: state === 'aborted' } };
  }
}

function ofTool(payload: unknown): ChatEvent | undefined {
  const parsed = Tool.safeParse(payload);
  if (!parsed.success) return undefined;
  const { runId, stream, data } = parsed.data;
  const isItem = stream === 'item';
  // An item that goes on says nothing new; what it prints comes beside it.
  if (isItem && (data.kind !== 'tool' || data.phase === 'update')) return undefined;
  return {
    event: 'tool',
    data: {
      runId: runId.slice(0, 200),
      id: data.toolCallId.slice(0, 128),
      name: clip(data.name, 64) ?? 'tool',
      phase: !isItem ? 'update' : data.phase === 'start' ? 'start' : 'end',
      failed: isItem && data.status === 'failed',
      detail: clip(isItem ? data.title : data.output, MOST_DETAIL),
    },
  };
}
