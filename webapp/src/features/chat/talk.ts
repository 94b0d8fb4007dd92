import { sessionRoutes, type SessionMessage } from '@clawmoor/shared/openclaw-sessions.ts';
import { ApiError } from '../../api/client.ts';
import { call } from '../../api/session.ts';
import { heard, type ChatEvent, type Turn } from './transcript.ts';

export interface Talk {
  /** Of what was said before this screen was opened, as far back as was asked for. */
  messages: readonly SessionMessage[];
  turns: readonly Turn[];
  history: 'loading' | 'ready' | 'failed';
  error: unknown;
  /** Where the page before begins; `null`: there is none. */
  cursor: string | null;
  earlier: 'idle' | 'loading' | 'failed';
  line: 'connecting' | 'live' | 'waiting';
  /** The gateway cannot be reached, while we can. */
  down: { code: string; message: string } | undefined;
  /** A turn is under way of which nothing was heard here. */
  busyElsewhere: boolean;
}

export const EMPTY: Talk = {
  messages: [],
  turns: [],
  history: 'loading',
  error: undefined,
  cursor: null,
  earlier: 'idle',
  line: 'connecting',
  down: undefined,
  busyElsewhere: false,
};
const PAGE = 50;

export const isUnderWay = ({ state }: Turn): boolean => state === 'waiting' || state === 'speaking';

interface Page {
  messages: readonly SessionMessage[];
  nextCursor: string | null;
  running: boolean;
}

/** A conversation that nobody has begun yet is an empty one. */
export async function readPage({
  id,
  sessionKey,
  signal,
  cursor,
}: {
  id: string;
  sessionKey: string;
  signal: AbortSignal;
  cursor?: string;
}): Promise<Page> {
  try {
    const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const { session, messages, nextCursor } = await call(sessionRoutes.readSession, { id, sessionKey, ...query }, { signal });
    return { messages, nextCursor, running: session.running };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'session.not_found') return { messages: [], nextCursor: null, running: false };
    throw error;
  }
}

/** What a batch of events makes of a talk, and whether the past must be read again. */
export function afterEvents(before: Talk, events: readonly ChatEvent[]): { talk: Talk; again: boolean } {
  let { turns, down, busyElsewhere } = before;
  let again = false;
  for (const event of events) {
    if (event.event === 'resync') {
      // What goes on is told again from its beginning, or at its end; what was being sent is still ours.
      turns = turns.filter(({ state }) => state === 'sending');
      again = true;
    } else if (event.data.runId === null) {
      if (event.event === 'error') down = { code: event.data.code, message: event.data.message };
      else {
        // The first page was read before the line stood: what ended between the two is in it only now.
        again ||= busyElsewhere || down !== undefined || before.history === 'failed' || turns.some(isUnderWay);
        down = undefined;
      }
    } else {
      turns = heard(turns, event);
      busyElsewhere = false;
      // What somebody else asked is known only from the conversation itself.
      if (event.event === 'final') again ||= turns.some(({ question, state }) => question === undefined && state === 'over');
    }
  }
  return { talk: { ...before, turns, down, busyElsewhere }, again };
}
