import type { Clock } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { Problem } from '../../lib/problem.ts';
import { chatEventOf } from './chat-events.ts';
import { createReader, missed, type ChatEvent } from './chat-reader.ts';

// A phone that was locked for minutes goes on where it was; beyond that the conversation is read anew.
const MOST_REMEMBERED = { events: 500, characters: 1_000_000 };
// How long nobody need follow before the gateway is no longer listened to.
const LINGER_MS = 3 * 60_000;
// A turn that was never said to be over does not keep us for ever.
const LONGEST_TURN_MS = 30 * 60_000;

export interface ConversationParts {
  gateways: Gateways;
  clock: Clock;
  serverId: string;
  sessionKey: string;
  /** May take the failure of a turn and try again: then nobody hears of it. */
  takeFailure: (runId: string, message: string) => boolean;
  onTurnEnd: (runId: string) => void;
  onEnd: () => void;
}

export type Conversation = ReturnType<typeof createConversation>;

/** Listens to one conversation of a gateway, remembers the last of it, and hands it to all who follow. */
export function createConversation({ gateways, clock, serverId, sessionKey, takeFailure, onTurnEnd, onEnd }: ConversationParts) {
  const readers = new Set<ReturnType<typeof createReader>>();
  const over = new AbortController();
  const running = new Map<string, number>();
  const sameAs = new Map<string, string>();
  let remembered: (ChatEvent & { id: number })[] = [];
  let characters = 0;
  // Larger than any id of an earlier process or an earlier listening: an old Last-Event-ID is known as such.
  let lastId = clock.now() * 1_000;
  const up = Promise.withResolvers<void>();
  up.promise.catch(() => {}); // nobody may be waiting for it
  let everUp = false;
  let down: ChatEvent | undefined;
  let lingering: NodeJS.Timeout | undefined;

  function publish(event: ChatEvent): void {
    const numbered = { ...event, id: ++lastId };
    remembered.push(numbered);
    characters += sizeOf(numbered);
    while (remembered.length > MOST_REMEMBERED.events || characters > MOST_REMEMBERED.characters) {
      const oldest = remembered.shift();
      if (!oldest) break;
      characters -= sizeOf(oldest);
    }
    for (const reader of readers) reader.push(numbered);
  }

  function hear(event: ChatEvent): void {
    const runId = 'runId' in event.data ? event.data.runId : null;
    if (runId === null) return;
    const original = sameAs.get(runId) ?? runId;
    const data = { ...event.data, runId: original };
    if (event.event === 'error' && takeFailure(original, event.data.message)) {
      return publish({ event: 'status', data: { runId: original, phase: 'trying_again' } });
    }
    const ended = event.event === 'final' || event.event === 'error';
    if (ended) {
      running.delete(original);
      sameAs.delete(runId);
      onTurnEnd(original);
    } else running.set(original, clock.monotonic());
    publish({ ...event, data } as ChatEvent); // the same kind of event, with the run's first name
    if (ended) lingerIfLeft();
  }

  function lingerIfLeft(): void {
    clearTimeout(lingering);
    if (readers.size > 0 || over.signal.aborted) return;
    lingering = setTimeout(() => (isRunning() ? lingerIfLeft() : end()), LINGER_MS).unref();
  }

  const isRunning = (): boolean => [...running.values()].some((lastHeard) => clock.monotonic() - lastHeard < LONGEST_TURN_MS);

  function end(): void {
    if (over.signal.aborted) return;
    clearTimeout(lingering);
    over.abort();
    onEnd();
  }

  function onUp(): void {
    const isAgain = everUp || down !== undefined;
    down = undefined;
    everUp = true;
    up.resolve();
    if (isAgain) {
      // Their ends may have been missed; one that goes on is heard of again.
      running.clear();
      publish(missed('reconnected', undefined));
    }
    for (const reader of readers) reader.push(LISTENING);
  }

  function onDown(problem: Problem): void {
    up.reject(problem);
    down = { event: 'error', data: { runId: null, code: problem.code, message: problem.message } };
    for (const reader of readers) reader.push(down);
  }

  void gateways.watch(serverId, {
    // Whoever follows is a viewer at least, and hears what a viewer may.
    as: 'viewer',
    signal: over.signal,
    onEvent: (name, payload) => {
      const event = chatEventOf(name, payload, sessionKey);
      if (event) hear(event);
    },
    onUp,
    onDown,
  });
  lingerIfLeft();

  return {
    /**
     * Resolves when nothing that happens from now on is missed; rejects with why the gateway could not be reached at first. Later it
     * holds nobody up: a gateway that is down says so itself, and one that comes back is followed by a `resync`.
     */
    ready: (): Promise<void> => (everUp || down ? Promise.resolve() : up.promise),
    isIdle: (): boolean => readers.size === 0 && !isRunning(),
    publish,
    /** A run that is another one tried again. */
    alias: (runId: string, original: string): void => void sameAs.set(runId, original),
    nameOf: (original: string): string => [...sameAs].findLast(([, first]) => first === original)?.[0] ?? original,
    /** What came after the event `after`, then what comes. Without it, the turns that are under way from their beginning. */
    async *follow(after: number | undefined, signal: AbortSignal): AsyncGenerator<ChatEvent> {
      const reader = createReader();
      clearTimeout(lingering);
      readers.add(reader);
      for (const event of replay(after)) reader.push(event);
      if (down ?? everUp) reader.push(down ?? LISTENING);
      try {
        yield* reader.events(AbortSignal.any([signal, over.signal]));
      } finally {
        readers.delete(reader);
        lingerIfLeft();
      }
    },
    end,
  };

  function replay(after: number | undefined): ChatEvent[] {
    const oldest = remembered[0]?.id ?? lastId + 1;
    const known = after !== undefined && after >= oldest - 1 && after <= lastId;
    if (known) return remembered.filter(({ id }) => id > after);
    const underWay = remembered.filter(({ data }) => 'runId' in data && data.runId !== null && running.has(data.runId));
    return after === undefined ? underWay : [missed('too_old', underWay[0] ? undefined : lastId), ...underWay];
  }
}

const LISTENING: ChatEvent = { event: 'status', data: { runId: null, phase: 'listening' } };

const sizeOf = ({ data }: ChatEvent): number => 100 + ('text' in data ? data.text.length : 0);
