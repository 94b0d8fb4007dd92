import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../lib/clock.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import type { Database } from '../../lib/tables.ts';
import { updatesStore } from './updates.store.ts';

/** As far as we must know it before grammY reads it. */
export interface WireUpdate {
  update_id: number;
}

/** The Bot API as this feature uses it; `adapters/telegram` is the real one. */
export interface UpdateSource<Update extends WireUpdate> {
  introduce(signal: AbortSignal): Promise<string>;
  /** `wait`: answer when something is new, or after a while; else at once. */
  poll(offset: number, options: { wait: boolean; signal: AbortSignal }): Promise<Update[]>;
  take(update: Update): Promise<void>;
  why(error: unknown): string;
  isConflict(error: unknown): boolean;
}

export interface UpdatesParts<Update extends WireUpdate> {
  db: Database;
  source: UpdateSource<Update>;
  clock: Clock;
  log: Logger;
  /** Called when Telegram has told who the bot is; before the first update is read. */
  onIntroduced: (username: string, signal: AbortSignal) => Promise<void>;
  /** Updates come by webhook: nothing is polled. */
  pushed: boolean;
}

export interface UpdatesState {
  username: string | undefined;
  /** Why the last call came to nothing; `undefined` while all is well. */
  trouble: string | undefined;
  /** Another program takes this bot's updates. */
  conflict: boolean;
}

const AGAIN_AFTER_MS = { first: 1_000, most: 60_000 };
// Telegram keeps an update for a day; after a week without one it begins to number anew.
const KEPT_MS = 2 * 86_400_000;

/** Asks Telegram who the bot is and for what people do, again and again; hands each update on once, in order for each person. */
export function createUpdates<Update extends WireUpdate>(parts: UpdatesParts<Update>) {
  const { db, source, clock, log, onIntroduced, pushed } = parts;
  const store = updatesStore(db);
  const inTurn = createTurns();
  const open = new Set<Promise<void>>();
  const state: UpdatesState = { username: undefined, trouble: undefined, conflict: false };
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();

  /** Once: written down before it is acted on. What a crash cuts off is not done by itself later; the person taps again. */
  async function takeOnce(update: Update): Promise<void> {
    if (!(await store.take(update.update_id, clock.now()))) return;
    // One person's taps in order; a gateway that is slow for one keeps nobody else waiting.
    const work = inTurn(personOf(update), () => source.take(update)).catch((error: unknown) =>
      log.error({ err: error, updateId: update.update_id }, 'an update of the bot could not be dealt with'),
    );
    open.add(work);
    void work.finally(() => open.delete(work));
  }

  async function introduce(): Promise<void> {
    if (state.username !== undefined) return;
    const username = await source.introduce(stop.signal);
    await onIntroduced(username, stop.signal);
    state.username = username;
  }

  async function run(): Promise<void> {
    await store.forgetBefore(clock.now() - KEPT_MS);
    let offset = ((await store.last()) ?? -1) + 1;
    for (let failures = 0; !stop.signal.aborted;) {
      try {
        await introduce();
        if (pushed) return void Object.assign(state, { trouble: undefined });
        for (const update of await source.poll(offset, { wait: state.trouble === undefined, signal: stop.signal })) {
          await takeOnce(update);
          offset = update.update_id + 1;
        }
        Object.assign(state, { trouble: undefined, conflict: false });
        failures = 0;
      } catch (error) {
        if (stop.signal.aborted) return;
        const trouble = source.why(error);
        if (trouble !== state.trouble) log.warn({ trouble }, 'the bot has no contact with Telegram');
        Object.assign(state, { trouble, conflict: source.isConflict(error) });
        const wait = Math.min(AGAIN_AFTER_MS.first * 2 ** Math.min(failures++, 10), AGAIN_AFTER_MS.most) * (0.75 + Math.random() / 2);
        await delay(wait, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
  }

  return {
    state,
    /** One that came by webhook. */
    takeOnce,
    forgetOld: () => store.forgetBefore(clock.now() - KEPT_MS),
    begin(): void {
      running = run().catch((error: unknown) => log.error({ err: error }, 'the bot hears nothing any more'));
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort();
      await running;
      await Promise.race([Promise.all(open), delay(5_000, undefined, { ref: false })]);
    },
  };
}

function personOf(update: WireUpdate): string {
  const parts = update as unknown as Record<string, { from?: { id?: number } } | undefined>; // only to tell people apart
  const from = parts['message']?.from ?? parts['callback_query']?.from ?? parts['my_chat_member']?.from;
  return String(from?.id ?? 'nobody');
}
