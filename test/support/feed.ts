import { randomId } from '../../backend/src/lib/id.ts';
import type { TestWorld } from './world.ts';

export interface Feed {
  /** Everything that has arrived. */
  text: () => string;
  /** Resolves when something has arrived that fits. */
  until: (wanted: RegExp) => Promise<void>;
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** An open feed of server-sent events. */
export async function openFeed({ url }: TestWorld, token: string, path: string): Promise<Feed> {
  const stop = new AbortController();
  const response = await fetch(`${url}/api${path}`, { headers: { authorization: `Bearer ${token}` }, signal: stop.signal });
  if (response.status !== 200 || !response.body) throw new Error(`The feed answered ${response.status}: ${await response.text()}`);
  let text = '';
  let wake = (): void => {};
  const ended = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      wake();
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    text: () => text,
    async until(wanted) {
      while (!wanted.test(text)) await new Promise<void>((resolve) => (wake = resolve));
    },
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

/** A task that is open and that nobody drives: its feed stays open until somebody cancels it. */
export async function addOpenTask({ world }: TestWorld, serverId: string, by: string): Promise<string> {
  const id = randomId('tsk');
  await world.db
    .insertInto('task')
    .values({
      id,
      server_id: serverId,
      lane: `test:${id}`,
      type: 'openclaw.restart',
      input: '{}',
      secrets: null,
      state: 'running',
      cancel_asked_at: null,
      lease_until: null,
      error: null,
      created_by: by,
      idempotency_key: null,
      retry_of: null,
      created_at: world.clock.now(),
      started_at: world.clock.now(),
      finished_at: null,
    })
    .execute();
  return id;
}
