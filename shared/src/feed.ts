import { createParser } from 'eventsource-parser';
import type * as z from 'zod/mini';
import { addressOf, ApiError } from './client.ts';
import type { Emitted, Route, Sent } from './route.ts';

// The server writes at least a comment every 15 s; two of them missed, and the line is dead.
const SILENT_MS = 35_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
// After this many tries in a row that brought no event, the state is asked for beside further tries.
const TRIES_BEFORE_POLLING = 2;

export interface Following<R extends Route> {
  route: R;
  input: Sent<R>;
  token: () => Promise<string | undefined>;
  /** Called on a 401; `undefined`: the session is over, and so is the following. */
  renew: () => Promise<string | undefined>;
  onEvent: (event: Emitted<R>) => void;
  /** `live`: connected. `waiting`: the line is lost and will be tried again. */
  onState: (state: 'live' | 'waiting') => void;
  /** Reads the state without the feed; `true` when all is over. */
  poll?: () => Promise<boolean>;
  signal: AbortSignal;
  /** Where the API is; a browser needs none. */
  origin?: string;
  /** What every request carries besides. */
  init?: RequestInit;
  silentMs?: number;
  firstPauseMs?: number;
}

/** Follows a feed of server-sent events and takes it up again where it was lost, until it says `end` or `signal` aborts. */
export async function follow<R extends Route>(following: Following<R>): Promise<void> {
  const { onState, poll, renew, signal, firstPauseMs = FIRST_PAUSE_MS } = following;
  const place: Place = { lastId: undefined, events: 0 };
  let failures = 0;
  while (!signal.aborted) {
    const before = place.events;
    try {
      if (await readOnce(following, place)) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && [403, 404].includes(error.status)) throw error;
      if (error instanceof ApiError && error.status === 401 && !(await renewed(renew))) return;
    }
    if (signal.aborted) return;
    failures = place.events > before ? 0 : failures + 1;
    onState('waiting');
    if (poll && failures >= TRIES_BEFORE_POLLING && (await poll().catch(() => false))) return;
    const pause = Math.min(firstPauseMs * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE_MS);
    await sleep(pause * (0.75 + Math.random() / 2), signal);
  }
}

/** Without a network nobody knows whether the session lasts: then it is taken to. */
const renewed = async (renew: Following<Route>['renew']): Promise<boolean> => (await renew().catch(() => 'unknown')) !== undefined;

interface Place {
  lastId: string | undefined;
  /** How many came, in all connections. */
  events: number;
}

/** `true` when the feed said that it is over. */
async function readOnce<R extends Route>(following: Following<R>, place: Place): Promise<boolean> {
  const { signal, silentMs = SILENT_MS, onState } = following;
  const silent = new AbortController();
  let watchdog = setTimeout(() => silent.abort(), silentMs);
  try {
    const body = await open(following, place, AbortSignal.any([signal, silent.signal]));
    onState('live');
    let over = false;
    const parser = createParser({
      onEvent({ event = 'message', data, id }) {
        place.events += 1;
        if (id !== undefined) place.lastId = id;
        deliver(following, event, { data, id });
        if (event === 'end') over = true;
      },
    });
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return over;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silent.abort(), silentMs);
      parser.feed(value);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

async function open<R extends Route>(
  { route, input, token, origin = '', init = {} }: Following<R>,
  { lastId }: Place,
  signal: AbortSignal,
) {
  const bearer = await token();
  // fetch, not EventSource: that one cannot send the Authorization header.
  const response = await fetch(`${origin}${addressOf(route, input)}`, {
    ...init,
    headers: {
      // Ours are a plain object; the type allows more.
      ...(init.headers as Record<string, string> | undefined),
      accept: 'text/event-stream',
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(lastId !== undefined && { 'last-event-id': lastId }),
    },
    signal,
  });
  if (!response.ok || !response.body) throw new ApiError(response.status, await response.json().catch(() => ({})));
  return response.body;
}

function deliver<R extends Route>(
  { route, onEvent }: Following<R>,
  name: string,
  { data, id }: { data: string; id: string | undefined },
): void {
  const schema: z.ZodMiniType | undefined = route.emits?.[name];
  // The table's schema for this event; the union of them is what `Emitted` names.
  if (schema) onEvent({ event: name, data: schema.parse(JSON.parse(data)), ...(id !== undefined && { id: Number(id) }) } as Emitted<R>);
}

/** Ends early when the page is looked at again or the network is back: nobody waits for a line that would stand by now. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const woken = new AbortController();
    const end = (): void => {
      clearTimeout(timer);
      woken.abort();
      resolve();
    };
    const timer = setTimeout(end, ms);
    const once = { once: true, signal: woken.signal };
    signal.addEventListener('abort', end, once);
    if (typeof document === 'undefined') return;
    window.addEventListener('online', end, once);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && end(), { signal: woken.signal });
  });
}
