import { setTimeout as delay } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { BotLine } from '../../lib/bot.ts';
import type { Clock } from '../../lib/clock.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import type { Database } from '../../lib/tables.ts';
import { audienceStore } from './audience.store.ts';
import { createDeliver } from './deliver.ts';
import type { Gate, Verdict } from './gate.ts';
import { isUnanswered, noticeOf } from './outbox.ts';
import { outboxStore, type OutboxRow } from './outbox.store.ts';
import { createTurnstile, type Pace } from './pace.ts';

export interface SenderParts {
  db: Database;
  line: BotLine;
  gate: Gate;
  clock: Clock;
  log: Logger;
  pace: Pace;
}

const CHATS_AT_ONCE = 20;
const MINUTE_MS = 60_000;

/** Sends what waits: each chat in order, chats side by side, as fast as Telegram lets us. */
export function createSender({ db, line, gate, clock, log, pace }: SenderParts) {
  const store = outboxStore(db);
  const people = audienceStore(db);
  const turnstile = createTurnstile(pace, clock);
  const stop = new AbortController();
  const lanes = new Map<string, Promise<void>>();
  const floods = new Map<string, number>();
  const inTurn = createTurns();
  let timer: NodeJS.Timeout | undefined;
  let rounds: Promise<void> = Promise.resolve();
  let asked = false;

  function onFlood(userId: string, ms: number): void {
    const now = clock.monotonic();
    for (const [id, until] of floods) if (until <= now) floods.delete(id);
    floods.set(userId, now + ms);
    if (floods.size > 1) turnstile.close(ms);
  }
  const { deliver, recover } = createDeliver({ db, line, gate, clock, pace, onFlood });

  const apply = (row: OutboxRow, verdict: Exclude<Verdict, { is: 'send' }>) =>
    store.update(row.id, { state: verdict.is === 'hold' ? 'held' : 'dropped', why: verdict.why, updated_at: clock.now() });

  /** Whether a row may leave at this moment; what may not is put aside. */
  async function mayLeave(userId: string, row: OutboxRow): Promise<boolean> {
    // What a summary may say is asked for each of its members when it is written.
    if (row.is_summary === 1) return true;
    const notice = noticeOf(row);
    if (row.message_id !== null) {
      // An edit makes no sound, so it waits for no morning; but it tells nothing to somebody who may not know.
      if (await gate.mayKnow(userId, notice)) return true;
      await apply(row, { is: 'drop', why: 'no_access' });
      return false;
    }
    const verdict = await gate.ask(userId, notice, { rings: isUnanswered(notice) });
    if (verdict.is === 'send') return true;
    await apply(row, verdict);
    return false;
  }

  /** What of a person's rows may leave now, in order. */
  async function allowed(userId: string): Promise<OutboxRow[]> {
    const ready: OutboxRow[] = [];
    for (const row of await store.waitingOf(userId)) if (await mayLeave(userId, row)) ready.push(row);
    return ready;
  }

  /** One message in the place of many: one that was begun within the last minute, or a new one. */
  async function summarise(userId: string, rows: readonly OutboxRow[], why: 'storm' | 'quiet' | 'away'): Promise<void> {
    const now = clock.now();
    await db.transaction().execute(async (trx) => {
      const inside = outboxStore(trx);
      const open = why === 'storm' ? await inside.summarySince(userId, now - MINUTE_MS) : undefined;
      const begun = { notice: JSON.stringify({ summary: why }), is_summary: 1 as const, state: 'waiting' as const, why: null };
      const empty = { message_id: null, summary_id: null, shown_at: null, created_at: now, updated_at: now };
      const subject = `summary:${randomBytes(9).toString('base64url')}`;
      const id = open?.id ?? (await inside.add({ user_id: userId, subject, ...begun, ...empty }));
      if (open?.state === 'shown') await inside.update(id, { state: 'waiting' });
      for (const row of rows) await inside.update(row.id, { state: 'shown', summary_id: id, why: null, updated_at: now });
    });
  }

  async function runLane(userId: string): Promise<void> {
    while (!stop.signal.aborted) {
      if (((await people.chat(userId))?.paused_until ?? 0) > clock.now()) return;
      const ready = await allowed(userId);
      const [first] = ready;
      if (!first) return;
      const fresh = ready.filter(({ message_id, is_summary }) => message_id === null && is_summary === 0);
      const budget = pace.pingsPerMinute - (await store.pingsSince(userId, clock.now() - MINUTE_MS));
      if (fresh.length > Math.max(budget, 0)) {
        await summarise(userId, fresh, 'storm');
        continue;
      }
      await delay(turnstile.take(userId), undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return;
      // Read and asked again: after a flood its turn may come an hour later, and its person may have no access by then.
      const row = await store.get(first.id);
      if (row?.state === 'waiting' && (await mayLeave(userId, row))) await deliver(row, AbortSignal.timeout(2 * MINUTE_MS));
    }
  }

  async function round(): Promise<void> {
    asked = false;
    const now = clock.now();
    for (const userId of await store.waitingPeople(now)) {
      if (stop.signal.aborted || lanes.size >= CHATS_AT_ONCE) break;
      if (lanes.has(userId)) continue;
      const lane = runLane(userId)
        .then(
          () => true,
          (error: unknown) => log.error({ err: error }, 'news could not be sent'),
        )
        .then((well) => {
          lanes.delete(userId);
          // After a failure of ours the timer tries again, not at once.
          if (well) wake();
        });
      lanes.set(userId, lane);
    }
    // A pause that ends while we ask must not wait for the next look.
    const pauseEnd = await store.nextPauseEnd(now);
    const untilPause = pauseEnd === undefined ? pace.lookEveryMs : Math.max(0, pauseEnd - clock.now());
    clearTimeout(timer);
    timer = setTimeout(wake, Math.min(untilPause, pace.lookEveryMs)).unref();
  }

  /** Something may be there to be sent. */
  function wake(): void {
    if (asked || stop.signal.aborted) return;
    asked = true;
    rounds = rounds.then(round).catch((error: unknown) => log.error({ err: error }, 'the outbox could not be looked at'));
  }

  async function release(): Promise<void> {
    for (const { user_id: userId, why } of await store.held()) {
      if (!(await gate.mayRelease(userId, why))) continue;
      const rows = await store.heldOf(userId, why ?? '');
      const wanted: OutboxRow[] = [];
      for (const row of rows) {
        const verdict = await gate.ask(userId, noticeOf(row), { rings: isUnanswered(noticeOf(row)) });
        if (verdict.is === 'drop') await apply(row, verdict);
        else if (verdict.is === 'send') wanted.push(row);
      }
      const [one] = wanted;
      if (wanted.length === 1 && one) await store.update(one.id, { state: 'waiting', why: null, updated_at: clock.now() });
      else if (wanted.length > 1) await summarise(userId, wanted, why === 'away' ? 'away' : 'quiet');
    }
    wake();
  }

  return {
    wake,
    /** Sends what was held and may go out now: one thing as itself, several as one summary. One at a time: two would sum up the same twice. */
    release: (): Promise<void> => inTurn('release', release),
    recover,
    /** What is on its way comes to its end; what waits is sent by the next process. */
    async stop(): Promise<void> {
      stop.abort();
      clearTimeout(timer);
      await rounds;
      await Promise.race([Promise.all(lanes.values()), delay(5_000, undefined, { ref: false })]);
    },
  };
}
