import { createParser } from 'eventsource-parser';
import type * as z from 'zod/mini';
import type { Emitted, Route, Sent } from '@clawmoor/shared/route.ts';
import { addressOf, ApiError } from './client.ts';

// The server writes at least a comment every 15 s; two of them missed, and the line is dead.
const SILENT_MS = 35_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

export interface Following<R extends Route> {
  route: R;
  input: Sent<R>;
  token: () => Promise<string | undefined>;
  onEvent: (event: Emitted<R>) => void;
  /** `live`: connected. `waiting`: the line is lost and will be tried again. */
  onState: (state: 'live' | 'waiting') => void;
  signal: AbortSignal;
}

/** Follows a feed of server-sent events and takes it up again where it was lost, until it says `end` or `signal` aborts. */
export async function follow<R extends Route>({ route, input, token, onEvent, onState, signal }: Following<R>): Promise<void> {
  let lastId: string | undefined;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const over = await readOnce({
        url: addressOf(route, input),
        token,
        signal,
        lastId,
        onOpen: () => {
          pause = FIRST_PAUSE_MS;
          onState('live');
        },
        onMessage(name, data, id) {
          if (id !== undefined) lastId = id;
          const schema: z.ZodMiniType | undefined = route.emits?.[name];
          // The table's schema for this event; the union of them is what `Emitted` names.
          if (schema)
            onEvent({ event: name, data: schema.parse(JSON.parse(data)), ...(id !== undefined && { id: Number(id) }) } as Emitted<R>);
        },
      });
      if (over) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && [403, 404].includes(error.status)) throw error;
    }
    onState('waiting');
    await sleep(pause * (0.75 + Math.random() / 2), signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

interface Reading {
  url: string;
  token: () => Promise<string | undefined>;
  signal: AbortSignal;
  lastId: string | undefined;
  onOpen: () => void;
  onMessage: (name: string, data: string, id: string | undefined) => void;
}

/** `true` when the feed said that it is over. */
async function readOnce({ url, token, signal, lastId, onOpen, onMessage }: Reading): Promise<boolean> {
  const silent = new AbortController();
  const bearer = await token();
  // fetch, not EventSource: that one cannot send the Authorization header.
  const response = await fetch(url, {
    headers: {
      accept: 'text/event-stream',
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(lastId !== undefined && { 'last-event-id': lastId }),
    },
    signal: AbortSignal.any([signal, silent.signal]),
  });
  if (!response.ok || !response.body) throw new ApiError(response.status, await response.json().catch(() => ({})));
  onOpen();
  let over = false;
  const parser = createParser({
    onEvent({ event = 'message', data, id }) {
      onMessage(event, data, id);
      if (event === 'end') over = true;
    },
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let watchdog = setTimeout(() => silent.abort(), SILENT_MS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return over;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silent.abort(), SILENT_MS);
      parser.feed(value);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
