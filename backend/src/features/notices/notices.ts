import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { BotLine } from '../../lib/bot.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Notice } from '../../lib/notice.ts';
import type { Database, Tables } from '../../lib/tables.ts';
import { audienceStore } from './audience.store.ts';
import { createEscalation } from './escalation.ts';
import { createGate, type GateParts } from './gate.ts';
import { lineOf } from './message.ts';
import { createOutbox, noticeOf, type OutboxParts } from './outbox.ts';
import { outboxStore, type OutboxRow } from './outbox.store.ts';
import type { Pace } from './pace.ts';
import { createSender } from './sender.ts';

export interface NoticesParts extends GateParts, OutboxParts {
  db: Database;
  /** `undefined`: there is no bot, and nothing is stored for one. */
  line: BotLine | undefined;
  clock: Clock;
  log: Logger;
  pace: Pace;
  escalateAfterMs: number;
  /** Whoever else is told stores it in the same transaction … */
  alsoStore: (trx: Transaction<Tables>, notice: Notice) => Promise<void>;
  /** … and hears of it when that is done. */
  onStored: () => void;
}

/** Who looks after it does so until it is over, whatever changes meanwhile. */
async function withAcknowledgement(trx: Transaction<Tables>, notice: Notice): Promise<Notice> {
  if (notice.phase !== 'changed' || notice.facts['acknowledgedBy'] !== undefined) return notice;
  const latest = await outboxStore(trx).latest(notice.subject);
  const by = latest && noticeOf(latest).facts['acknowledgedBy'];
  return by === undefined ? notice : { ...notice, facts: { ...notice.facts, acknowledgedBy: by } };
}

interface AnsweredApproval {
  serverId: string;
  approvalId: string;
  what: 'allowed' | 'denied';
  by: string | undefined;
}

const MOST_LOOKED_AT = 300;
const isOpen = ({ phase }: Notice): boolean => phase === 'opened' || phase === 'changed';

export type Notices = ReturnType<typeof createNotices>;

const DAY_MS = 86_400_000;
// A chat is edited for a month; what was not sent within a week nobody waits for.
const KEPT_MS = { all: 30 * DAY_MS, ended: 7 * DAY_MS };
const TIDY_EVERY_MS = 3_600_000;

/** Takes what is to be told, and sees to it that each person gets it once, when they want it, and up to date. */
export function createNotices(parts: NoticesParts) {
  const { db, line, clock, log, pace, escalateAfterMs, alsoStore, onStored } = parts;
  const gate = createGate(parts);
  const outbox = createOutbox(parts);
  const escalation = createEscalation({ db, clock, gate, outbox, afterMs: escalateAfterMs });
  const sender = line && createSender({ db, line, gate, clock, log, pace });
  const people = audienceStore(db);
  let looking: NodeJS.Timeout | undefined;
  let tidying: NodeJS.Timeout | undefined;

  async function announceTo(store: typeof outbox.store, notice: Notice): Promise<void> {
    await db.transaction().execute(async (trx) => {
      if (sender) {
        const whole = await withAcknowledgement(trx, notice);
        await store(trx, whole);
        await escalation.follow(trx, whole);
      }
      await alsoStore(trx, notice);
    });
    sender?.wake();
    onStored();
  }

  /** Looks at what goes by the clock: rings, ends of quiet hours. */
  async function look(): Promise<void> {
    await escalation.ringDue();
    await sender?.release();
  }
  const tidy = (): Promise<void> =>
    outboxStore(db).forget({ allBefore: clock.now() - KEPT_MS.all, endedBefore: clock.now() - KEPT_MS.ended });
  const every = (ms: number, work: () => Promise<void>): NodeJS.Timeout =>
    setInterval(() => void work().catch((error: unknown) => log.error({ err: error }, 'the outbox could not be tended')), ms).unref();

  return {
    announce: (notice: Notice): Promise<void> => announceTo(outbox.store, notice),
    /**
     * Somebody looks after it: nobody is rung any more, and every chat says so. Whoever keeps the incident calls this when it was
     * acknowledged elsewhere.
     */
    async acknowledged(subject: string, name: string): Promise<void> {
      const latest = await outboxStore(db).latest(subject);
      const notice = latest && noticeOf(latest);
      if (!notice || notice.phase === 'resolved') return;
      const at = Math.max(clock.now(), notice.at + 1);
      await announceTo(outbox.storeForReaders, { ...notice, phase: 'changed', facts: { ...notice.facts, acknowledgedBy: name }, at });
    },
    /** Somebody has answered what waited: their name stands in every chat. Programs hear of its end from whoever keeps it. */
    async answered({ serverId, approvalId, what, by }: AnsweredApproval): Promise<void> {
      const found = (await outboxStore(db).ofApproval(approvalId, clock.now() - DAY_MS)).map(noticeOf);
      const notices = found.filter(
        ({ kind, server, facts }) => kind === 'approval' && server?.id === serverId && facts['approvalId'] === approvalId,
      );
      for (const notice of new Map(notices.map((one) => [one.subject, one])).values()) {
        const facts = { ...notice.facts, what, ...(by !== undefined && { by }) };
        const resolved: Notice = { ...notice, phase: 'resolved', facts, at: Math.max(clock.now(), notice.at) };
        await db.transaction().execute((trx) => outbox.storeForReaders(trx, resolved));
      }
      sender?.wake();
    },
    /** The notice behind a button, for the person to whom it was sent and nobody else. */
    async behindButton(rowId: number, userId: string): Promise<Notice | undefined> {
      const row: OutboxRow | undefined = Number.isSafeInteger(rowId) ? await outboxStore(db).get(rowId) : undefined;
      return row && row.user_id === userId && row.is_summary === 0 ? noticeOf(row) : undefined;
    },
    /** They have written to the bot, or let it in again: what was held for them goes out. */
    async arrived(userId: string): Promise<void> {
      const chat = await people.chat(userId);
      if (chat?.started_at != null && chat.unreachable_since === null) return;
      await people.putChat(userId, { started_at: chat?.started_at ?? clock.now(), unreachable_since: null, unreachable_why: null });
      await sender?.release();
    },
    async left(userId: string): Promise<void> {
      await people.putChat(userId, { unreachable_since: clock.now(), unreachable_why: 'blocked' });
    },
    /** What is open for a person, each as a line in their language. */
    async openNewsOf(userId: string): Promise<string[]> {
      const notices = (await outboxStore(db).ofPerson(userId, MOST_LOOKED_AT)).map(noticeOf).filter(isOpen);
      const tongue = await gate.tongue(userId);
      const lines: string[] = [];
      for (const notice of notices) if (await gate.mayKnow(userId, notice)) lines.push(lineOf(notice, tongue));
      return lines;
    },
    tongue: gate.tongue,
    figures: () => outboxStore(db).figures(clock.now() - DAY_MS),
    look,
    tidy,
    async begin(): Promise<void> {
      if (!sender) return;
      await sender.recover();
      await tidy();
      looking = every(pace.lookEveryMs, look);
      tidying = every(TIDY_EVERY_MS, tidy);
      sender.wake();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(looking);
      clearInterval(tidying);
      await sender?.stop();
    },
  };
}
