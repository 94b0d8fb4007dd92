import * as z from 'zod/mini';
import type { SessionMessage } from '@clawmoor/shared/openclaw-sessions.ts';
import { clip, timeOf } from './understand.ts';

const Part = z.looseObject({ type: z.optional(z.string()), text: z.optional(z.string()), name: z.optional(z.string()) });
export const WireMessage = z.object({
  role: z.optional(z.string()),
  content: z.optional(z.union([z.string(), z.array(z.union([z.string(), Part]))])),
  timestamp: z.optional(z.nullable(z.number())),
  toolName: z.optional(z.nullable(z.string())),
  __openclaw: z.optional(z.object({ id: z.optional(z.string()), seq: z.optional(z.number()) })),
});
type WireMessage = z.output<typeof WireMessage>;

const MOST_TOOLS = 50;

/** What a person reads of a message. The gateway marks what it cut with `...(truncated)...`. */
export function messageOf({ role, content, timestamp, toolName, __openclaw }: WireMessage, mostCharacters: number): SessionMessage {
  const text = textOf(content);
  const called = typeof content === 'object' ? content.flatMap((part) => (isToolCall(part) ? [part.name] : [])) : [];
  const tools = toolName ? [toolName, ...called] : called;
  return {
    id: clip(__openclaw?.id, 128),
    seq: __openclaw?.seq ?? null,
    role: roleOf(role),
    text: text.slice(0, mostCharacters),
    truncated: text.length > mostCharacters || text.includes('...(truncated)...'),
    tools: tools.slice(0, MOST_TOOLS).map((name) => ({ name: name.slice(0, 64) })),
    at: timeOf(timestamp),
  };
}

export function textOf(content: WireMessage['content']): string {
  if (typeof content !== 'object') return content ?? '';
  return content
    .map((part) => (typeof part === 'string' ? part : part.type === undefined || part.type === 'text' ? (part.text ?? '') : ''))
    .filter((text) => text !== '')
    .join('\n');
}

const isToolCall = (part: string | z.output<typeof Part>): part is { name: string } =>
  typeof part === 'object' && part.name !== undefined && /^tool_?(call|use)$/i.test(part.type ?? '');

function roleOf(role: string | undefined): SessionMessage['role'] {
  if (role === 'user' || role === 'assistant') return role;
  return /^tool/i.test(role ?? '') ? 'tool' : 'other';
}
