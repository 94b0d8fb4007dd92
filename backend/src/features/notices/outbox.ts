import type { Transaction } from 'kysely';
import type { Audience, Notice } from '../../lib/notice.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Tables } from '../../lib/tables.ts';
import { audienceStore } from './audience.store.ts';
import { follow, hasReturned } from './follow.ts';
import { outboxStore, type OutboxRow } from './outbox.store.ts';

export interface OutboxParts {
  clock: Clock;
  superAdminIds: ReadonlySet<string>;
  /** Is no person of Telegram: nothing is sent to them. */
  isNobody: (userId: string) => boolean;
}

// More than this nobody has missed: the oldest go.
const MOST_WAITING = 500;

export const noticeOf = (row: Pick<OutboxRow, 'notice'>): Notice => JSON.parse(row.notice) as Notice; // written by `store` below

/** Puts an announcement into the rows of everybody whom it concerns, in the transaction that it is given. */
export function createOutbox({ clock, superAdminIds, isNobody }: OutboxParts) {
  async function peopleOf(trx: Transaction<Tables>, audience: Audience): Promise<string[]> {
    if ('userId' in audience) return [audience.userId];
    if ('superAdmins' in audience) return [...superAdminIds];
    return audienceStore(trx).members(audience.serverId, audience.role, clock.now());
  }

  async function put(trx: Transaction<Tables>, userId: string, notice: Notice): Promise<void> {
    const store = outboxStore(trx);
    const rows = await store.ofSubject(userId, notice.subject);
    const [row] = rows;
    const before = row && noticeOf(row);
    const step = follow(before, notice);
    if (step === 'ignore') return;
    const text = JSON.stringify(notice);
    const now = clock.now();
    if (!row || !before) {
      await store.add({ ...fresh(userId, notice.subject, text, now) });
      return store.dropBeyond(userId, MOST_WAITING, now);
    }
    for (const each of rows) {
      const anew =
        step === 'begin' ? { created_at: now, message_id: null, summary_id: null, shown_at: null, attempts: 0, unknown: 0, why: null } : {};
      // A ring that is over: what begins anew rings again by itself.
      if (step === 'begin' && each.ring === 1) await store.update(each.id, { state: 'dropped', why: 'over', updated_at: now });
      else {
        const kept = each.ring === 1 && isUnanswered(noticeOf(each)) ? JSON.stringify(unanswered(notice)) : text;
        await store.update(each.id, { ...anew, ...(await nextState(trx, each, notice, step)), notice: kept, updated_at: now });
      }
    }
    // An edit makes no sound; that it has become critical, or is back after a tick, must be heard.
    const isNew = before.severity !== 'critical' || hasReturned(before, notice);
    if (step === 'change' && notice.severity === 'critical' && isNew && isThere(row)) await ring(trx, userId, notice);
  }

  /** A second message about the same, which makes a sound. */
  async function ring(trx: Transaction<Tables>, userId: string, notice: Notice): Promise<void> {
    const store = outboxStore(trx);
    const now = clock.now();
    const row = (await store.ofSubject(userId, notice.subject)).find((each) => each.ring === 1);
    const anew = { ...fresh(userId, notice.subject, JSON.stringify(notice), now), ring: 1 as const };
    if (row) await store.update(row.id, { ...anew, created_at: row.created_at });
    else await store.add(anew);
  }

  return {
    /** Nobody has answered: it passes quiet hours, and says so. */
    ring: (trx: Transaction<Tables>, userId: string, notice: Notice): Promise<void> => ring(trx, userId, unanswered(notice)),
    store: async (trx: Transaction<Tables>, notice: Notice): Promise<void> => {
      const people = new Set(await peopleOf(trx, notice.audience));
      for (const userId of people) if (!isNobody(userId)) await put(trx, userId, notice);
    },
    /** For whoever has a message of this subject, also when they are no part of the audience any more. */
    storeForReaders: async (trx: Transaction<Tables>, notice: Notice): Promise<void> => {
      for (const userId of await outboxStore(trx).readersOf(notice.subject)) await put(trx, userId, notice);
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;

/** Kept with a ring: it is not what is told, but why it is told again. */
const unanswered = (notice: Notice): Notice => ({ ...notice, facts: { ...notice.facts, unanswered: 1 } });
export const isUnanswered = ({ facts }: Notice): boolean => facts['unanswered'] === 1;

/** In the chat, or on its way there: what comes anew makes a sound by itself. */
const isThere = ({ message_id, summary_id, state }: OutboxRow): boolean =>
  message_id !== null || summary_id !== null || state === 'sending';

const fresh = (userId: string, subject: string, notice: string, now: number) => ({
  user_id: userId,
  subject,
  notice,
  state: 'waiting' as const,
  why: null,
  message_id: null,
  summary_id: null,
  attempts: 0,
  unknown: 0,
  created_at: now,
  updated_at: now,
  shown_at: null,
});

/** Where a row stands after a change of its notice. */
async function nextState(
  trx: Transaction<Tables>,
  row: OutboxRow,
  notice: Notice,
  step: 'begin' | 'change',
): Promise<{ state?: OutboxRow['state'] }> {
  if (step === 'begin') return { state: 'waiting' };
  if (row.summary_id !== null) {
    const store = outboxStore(trx);
    const summary = await store.get(row.summary_id);
    // One that is being sent is read again afterwards.
    if (summary?.state === 'shown') await store.update(summary.id, { state: 'waiting' });
    return {};
  }
  if (row.state === 'shown') return { state: 'waiting' };
  // What is critical may pass the quiet hours that held it back.
  if (row.state === 'held' && notice.severity === 'critical' && notice.phase !== 'resolved') return { state: 'waiting' };
  // What was not told when it began is not told when it ends.
  if ((row.state === 'dropped' || row.state === 'failed') && notice.phase !== 'resolved') return { state: 'waiting' };
  return {};
}
