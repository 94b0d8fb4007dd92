import type { BotLine, Message, Outcome } from '../../lib/bot.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../../lib/tables.ts';
import { audienceStore } from './audience.store.ts';
import type { Gate } from './gate.ts';
import { messageOf, plainOf, summaryOf } from './message.ts';
import { noticeOf } from './outbox.ts';
import { outboxStore, type OutboxRow } from './outbox.store.ts';
import type { Pace } from './pace.ts';

export interface DeliverParts {
  db: Database;
  line: BotLine;
  gate: Gate;
  clock: Clock;
  pace: Pace;
  /** Telegram asks for so long a pause of a second chat at once: it means all of them. */
  onFlood: (userId: string, ms: number) => void;
}

// A message of which nobody knows whether it arrived is sent again: twice is better than never, but not without end.
const MOST_UNKNOWN = 2;
const WAIT_AT_MOST_MS = 6 * 3_600_000;

/** Brings one row's message to its chat, or brings the message there up to date; remembers before and after. */
export function createDeliver({ db, line, gate, clock, pace, onFlood }: DeliverParts) {
  const store = outboxStore(db);
  const people = audienceStore(db);

  async function render(row: OutboxRow): Promise<Message> {
    const tongue = await gate.tongue(row.user_id);
    if (row.is_summary === 0) return messageOf({ notice: noticeOf(row), rowId: row.id }, tongue, { rings: row.ring === 1 });
    const members = await store.membersOf(row.id);
    const known = [];
    for (const member of members) {
      const notice = noticeOf(member);
      if (await gate.mayKnow(row.user_id, notice)) known.push({ notice, rowId: member.id });
    }
    return summaryOf(known, whyOf(row), tongue);
  }

  async function attempt(row: OutboxRow, message: Message, signal: AbortSignal): Promise<Outcome> {
    const once = (shape: Message): Promise<Outcome> =>
      row.message_id === null ? line.send(row.user_id, shape, signal) : line.edit(row.user_id, row.message_id, shape, signal);
    const outcome = await once(message);
    // Better without its buttons than not at all.
    return outcome.is === 'refused' ? once(plainOf(message)) : outcome;
  }

  async function pause(userId: string, ms: number): Promise<void> {
    await people.putChat(userId, { paused_until: Math.round(clock.now() + Math.min(ms, WAIT_AT_MOST_MS)) });
  }

  const backoffMs = (attempts: number): number =>
    Math.min(pace.againAfterMs.first * 2 ** Math.min(attempts, 20), pace.againAfterMs.most) * (0.75 + Math.random() / 2);

  async function sent(row: OutboxRow, message: Message, messageId: number): Promise<void> {
    const now = clock.now();
    const fresh = row.message_id === null;
    for (;;) {
      // It may have changed while it was on its way, and again while that is looked at.
      const current = await store.get(row.id);
      // Or it was over, and has begun anew: that is a message of its own.
      if (current?.created_at !== row.created_at) return;
      const same = (await render(current)).html === message.html;
      const change = { message_id: messageId, attempts: 0, why: null, updated_at: now, ...(fresh && { shown_at: now }) };
      if (await store.updateUnless(row.id, current.notice, { state: same ? 'shown' : 'waiting', ...change })) return;
    }
  }

  async function unreachable(row: OutboxRow, why: string): Promise<void> {
    const now = clock.now();
    await people.putChat(row.user_id, { unreachable_since: now, unreachable_why: why });
    await store.update(
      row.id,
      row.message_id === null ? { state: 'held', why: 'away', updated_at: now } : { state: 'shown', updated_at: now },
    );
    // A summary that never arrived: its members are summed up anew, when the person is back.
    if (row.is_summary === 1 && row.message_id === null) {
      for (const member of await store.membersOf(row.id)) await store.update(member.id, { state: 'held', why: 'away', summary_id: null });
      await store.update(row.id, { state: 'dropped', why: 'away' });
    }
  }

  async function unsure(row: OutboxRow, why: string): Promise<void> {
    const now = clock.now();
    const edit = row.message_id !== null;
    const state = edit || row.unknown < MOST_UNKNOWN ? 'waiting' : 'failed';
    await store.update(row.id, { state, why: why.slice(0, 200), unknown: row.unknown + (edit ? 0 : 1), updated_at: now });
  }

  async function settle(row: OutboxRow, message: Message, outcome: Outcome): Promise<void> {
    const now = clock.now();
    switch (outcome.is) {
      case 'sent':
        return sent(row, message, outcome.messageId);
      case 'flood':
        await store.update(row.id, { state: 'waiting', why: 'flood', updated_at: now });
        onFlood(row.user_id, outcome.afterMs);
        return pause(row.user_id, outcome.afterMs);
      case 'later':
        await store.update(row.id, { state: 'waiting', why: outcome.why, updated_at: now });
        return pause(row.user_id, backoffMs(row.attempts));
      case 'unreachable':
        return unreachable(row, outcome.why);
      case 'uneditable':
        return void (await store.update(row.id, { state: 'waiting', message_id: null, why: outcome.why, updated_at: now }));
      case 'refused':
        return void (await store.update(row.id, { state: 'failed', why: outcome.why, updated_at: now }));
      case 'unknown':
        await unsure(row, outcome.why);
        return pause(row.user_id, backoffMs(row.attempts));
    }
  }

  return {
    async deliver(row: OutboxRow, signal: AbortSignal): Promise<Outcome['is']> {
      const message = await render(row);
      // Written before it leaves: whoever comes after a crash knows that it may have arrived.
      await store.update(row.id, { state: 'sending', attempts: row.attempts + 1 });
      const outcome = await attempt(row, message, signal);
      await settle(row, message, outcome);
      return outcome.is;
    },
    /** Once at start: what a killed process was about to send. */
    async recover(): Promise<void> {
      for (const row of await store.interrupted()) await unsure(row, 'Clawmoor stopped while this was on its way');
    },
  };
}

const whyOf = (row: OutboxRow): 'storm' | 'quiet' | 'away' => {
  const { summary } = JSON.parse(row.notice) as { summary: 'storm' | 'quiet' | 'away' }; // written by `summarise`
  return summary;
};
