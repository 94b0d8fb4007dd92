import type { Emitted } from '@clawmoor/shared/route.ts';
import type { chatRoutes } from '@clawmoor/shared/openclaw-chat.ts';
import type { SessionMessage } from '@clawmoor/shared/openclaw-sessions.ts';

export type ChatEvent = Emitted<typeof chatRoutes.followChat>;

export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'tool'; id: string; name: string; phase: 'start' | 'update' | 'end'; failed: boolean; detail: string | null };

/** What one message sets going: what was asked, and what came back so far. */
export interface Turn {
  /** The end of its run's id, where it was asked from here; else the whole of it. */
  key: string;
  runId: string | undefined;
  question: string | undefined;
  files: readonly string[];
  parts: readonly Part[];
  state: 'sending' | 'waiting' | 'speaking' | 'over';
  /** The gateway asks the model once more. */
  again: boolean;
  aborted: boolean;
  failure: { code: string; message: string } | undefined;
}

export const askedNow = (key: string, question: string, files: readonly string[]): Turn => ({
  ...ofRun(key),
  runId: undefined,
  question,
  files,
  state: 'sending',
});

const ofRun = (runId: string): Turn => ({
  key: runId,
  runId,
  question: undefined,
  files: [],
  parts: [],
  state: 'waiting',
  again: false,
  aborted: false,
  failure: undefined,
});

/** The turns after what the feed said. Its words may come before the answer to the request that asked for them. */
export function heard(turns: readonly Turn[], event: ChatEvent): readonly Turn[] {
  const { data } = event;
  if (!('runId' in data) || data.runId === null) return turns;
  const { runId } = data;
  const known = turns.some((turn) => isOf(turn, runId));
  const all = known ? turns : [...turns, ofRun(runId)];
  return all.map((turn) => (isOf(turn, runId) ? after({ ...turn, runId }, event) : turn));
}

const isOf = (turn: Turn, runId: string): boolean => turn.runId === runId || turn.key === runId || runId.endsWith(`.${turn.key}`);

function after(turn: Turn, { event, data }: ChatEvent): Turn {
  if (turn.state === 'over') return turn;
  switch (event) {
    case 'status':
      return { ...turn, state: turn.state === 'sending' ? 'waiting' : turn.state, again: data.phase === 'trying_again' };
    case 'delta':
      return { ...turn, state: 'speaking', again: false, parts: withText(turn.parts, data.text) };
    case 'tool': {
      const { runId: _run, ...tool } = data;
      return { ...turn, state: 'speaking', again: false, parts: withTool(turn.parts, tool) };
    }
    case 'final':
      return { ...turn, state: 'over', aborted: data.aborted, parts: settled(turn.parts, data.text) };
    case 'error':
      return { ...turn, state: 'over', failure: { code: data.code, message: data.message } };
    case 'resync':
      return turn;
  }
}

function withText(parts: readonly Part[], text: string): readonly Part[] {
  const last = parts.at(-1);
  return last?.kind === 'text' ? [...parts.slice(0, -1), { kind: 'text', text: last.text + text }] : [...parts, { kind: 'text', text }];
}

function withTool(parts: readonly Part[], tool: Omit<Extract<Part, { kind: 'tool' }>, 'kind'>): readonly Part[] {
  const at = parts.findIndex((part) => part.kind === 'tool' && part.id === tool.id);
  const before = parts[at];
  if (before?.kind !== 'tool') return [...parts, { kind: 'tool', ...tool }];
  // What it prints says more than its title; a late word of it does not set it going again.
  const detail = tool.phase === 'update' ? (tool.detail ?? before.detail) : (before.detail ?? tool.detail);
  const phase = before.phase === 'end' ? 'end' : tool.phase;
  return parts.with(at, { ...before, phase, failed: before.failed || tool.failed, detail });
}

/** At the end the gateway says the whole answer: it fills what was missed. */
function settled(parts: readonly Part[], answer: string): readonly Part[] {
  const ended = parts.map((part) => (part.kind === 'tool' ? { ...part, phase: 'end' as const } : part));
  const said = ended.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('');
  if (answer.trim() === '' || said.includes(answer.trim())) return ended;
  const texts = ended.filter(({ kind }) => kind === 'text').length;
  return [...(texts > 1 ? ended : ended.filter(({ kind }) => kind !== 'text')), { kind: 'text', text: answer }];
}

/** A page of the conversation's past before what is known of it; pages may overlap. */
export const withEarlier = (known: readonly SessionMessage[], page: readonly SessionMessage[]): readonly SessionMessage[] => [
  ...page.filter((message) => !known.some((other) => isSame(message, other))),
  ...known,
];

/** The newest page over what is known: what was read before stays above it, where the two meet; `undefined` where they do not. */
export function withLatest(known: readonly SessionMessage[], page: readonly SessionMessage[]): readonly SessionMessage[] | undefined {
  const meet = known.findIndex((message) => page.some((other) => isSame(message, other)));
  return meet === -1 ? undefined : [...known.slice(0, meet), ...page];
}

/** The past without the turn that is drawn beside it: what was asked stands in both once the gateway has it. */
export function withoutTurn(messages: readonly SessionMessage[], turn: Turn | undefined): readonly SessionMessage[] {
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const isAsked = turn?.question !== undefined && messages[at]?.text.trim() === turn.question.trim();
  return isAsked ? messages.slice(0, at) : messages;
}

const isSame = (one: SessionMessage, other: SessionMessage): boolean =>
  one.id !== null ? one.id === other.id : one.seq !== null && one.seq === other.seq;
