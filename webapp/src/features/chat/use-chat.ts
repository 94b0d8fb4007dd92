import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { chatRoutes, type ChatMessage } from '@clawmoor/shared/openclaw-chat.ts';
import { sessionRoutes } from '@clawmoor/shared/openclaw-sessions.ts';
import { follow } from '@clawmoor/shared/feed.ts';
import { call, currentToken, renewedToken, sessionState, subscribeToSession } from '../../api/session.ts';
import { afterEvents, EMPTY, isUnderWay, readPage, type Talk } from './talk.ts';
import { askedNow, withEarlier, withLatest, withoutTurn, type ChatEvent } from './transcript.ts';

export interface ChatOf {
  id: string;
  agentId: string;
  sessionKey: string;
}

/** A conversation as it goes on: its past by pages, and each word as it comes; after a locked phone it goes on by itself. */
export function useChat({ id, agentId, sessionKey }: ChatOf) {
  const [talk, draw] = useState(EMPTY);
  // Beside the state: what is decided from it is decided now, not when React draws.
  const now = useRef(EMPTY);
  const set = useCallback((change: (talk: Talk) => Partial<Talk>): void => {
    now.current = { ...now.current, ...change(now.current) };
    draw(now.current);
  }, []);
  const stop = useRef(new AbortController());
  const cursor = useRef<string | null>(null);

  const signedIn = useSyncExternalStore(subscribeToSession, isSignedIn);

  /**
   * The newest page. What was over when it was asked for stands in it, and is drawn from there. `settle`: the end of a turn may
   * have been missed, so one that the gateway knows nothing of is over too.
   */
  const reload = useCallback(
    async (settle = false): Promise<void> => {
      const { signal } = stop.current;
      const underWayBefore = now.current.turns.filter(isUnderWay);
      const over = now.current.turns.filter(({ state }) => state === 'over').map(({ key }) => key);
      try {
        const page = await readPage({ id, sessionKey, signal });
        set(({ messages, turns }) => {
          const merged = withLatest(messages, page.messages);
          if (!merged) cursor.current = page.nextCursor;
          const missed = settle && !page.running ? underWayBefore : [];
          const kept = turns.filter((turn) => !over.includes(turn.key) && !missed.includes(turn));
          const underWay = kept.find(({ state }) => state !== 'over');
          return {
            history: 'ready',
            error: undefined,
            messages: withoutTurn(merged ?? page.messages, underWay),
            cursor: cursor.current,
            turns: kept,
            busyElsewhere: page.running && underWay === undefined,
          };
        });
      } catch (error) {
        if (!signal.aborted) set(({ history }) => (history === 'ready' ? {} : { history: 'failed', error }));
      }
    },
    [id, sessionKey, set],
  );

  useEffect(() => {
    stop.current = new AbortController();
    if (!signedIn) return;
    const { signal } = stop.current;
    // What goes on is told again from its beginning.
    set(({ turns }) => ({ turns: turns.filter(({ state }) => state === 'sending') }));
    void reload();
    const hear = inFrames(signal, (events) => {
      const { talk: next, again } = afterEvents(now.current, events);
      set(() => next);
      if (again) void reload(next.turns.some(isUnderWay));
    });
    follow({
      route: chatRoutes.followChat,
      input: { id, agentId, sessionKey },
      token: currentToken,
      renew: renewedToken,
      signal,
      onState: (line) => set(() => ({ line })),
      onEvent: hear,
    }).catch((error: unknown) => set(() => ({ history: 'failed', error })));
    return () => stop.current.abort();
  }, [id, agentId, sessionKey, signedIn, reload, set]);

  const send = useCallback(
    async (message: Omit<ChatMessage, 'sessionKey'>): Promise<void> => {
      const { idempotencyKey: key, attachments = [] } = message;
      set(({ turns }) => ({
        turns: [
          ...turns,
          askedNow(
            key,
            message.message,
            attachments.map(({ name }) => name),
          ),
        ],
      }));
      try {
        const { runId } = await call(
          chatRoutes.sendChat,
          { id, agentId, body: { ...message, sessionKey } },
          { signal: stop.current.signal },
        );
        set(({ turns }) => ({
          turns: turns.map((turn) => (turn.key === key && turn.state === 'sending' ? { ...turn, runId, state: 'waiting' } : turn)),
        }));
      } catch (error) {
        set(({ turns }) => ({ turns: turns.filter((turn) => turn.key !== key) }));
        throw error;
      }
    },
    [id, agentId, sessionKey, set],
  );

  const abort = useCallback(
    async (runId: string | undefined): Promise<void> => {
      const { aborted } = await call(chatRoutes.abortChat, { id, agentId, body: { sessionKey, ...(runId !== undefined && { runId }) } });
      // It was over already, and its end was missed.
      if (!aborted) set(({ turns }) => ({ turns: turns.map((turn) => ({ ...turn, state: 'over' as const })), busyElsewhere: false }));
      if (!aborted || runId === undefined) await reload(true);
    },
    [id, agentId, sessionKey, reload, set],
  );

  /** `onArrival` is called right before the page is put in. */
  const loadEarlier = useCallback(
    async (onArrival: () => void): Promise<void> => {
      const from = cursor.current;
      if (from === null) return;
      set(() => ({ earlier: 'loading' }));
      try {
        const page = await readPage({ id, sessionKey, signal: stop.current.signal, cursor: from });
        cursor.current = page.nextCursor;
        onArrival();
        set(({ messages }) => ({ messages: withEarlier(messages, page.messages), cursor: page.nextCursor, earlier: 'idle' }));
      } catch {
        set(() => ({ earlier: 'failed' }));
      }
    },
    [id, sessionKey, set],
  );

  const showWhole = useCallback(
    async (messageId: string): Promise<void> => {
      const whole = await call(sessionRoutes.readSessionMessage, { id, sessionKey, messageId });
      set(({ messages }) => ({
        messages: messages.map((message) => (message.id === messageId ? { ...whole, truncated: false } : message)),
      }));
    },
    [id, sessionKey, set],
  );

  return { talk, send, abort, loadEarlier, reload, showWhole };
}

const isSignedIn = (): boolean => sessionState().kind === 'in';

/** Hands events over once a frame, however fast they come; a hidden page gets them when it is looked at. */
function inFrames(signal: AbortSignal, take: (events: readonly ChatEvent[]) => void): (event: ChatEvent) => void {
  let waiting: ChatEvent[] = [];
  return (event) => {
    waiting.push(event);
    if (waiting.length > 1) return;
    requestAnimationFrame(() => {
      const events = waiting;
      waiting = [];
      if (!signal.aborted) take(events);
    });
  };
}
