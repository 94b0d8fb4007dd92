import type { Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { Notice } from '../../lib/notice.ts';
import type { Database, Tables } from '../../lib/tables.ts';
import { audienceStore } from './audience.store.ts';
import { escalationStore } from './escalation.store.ts';
import type { Gate } from './gate.ts';
import { noticeOf, type Outbox } from './outbox.ts';
import { outboxStore } from './outbox.store.ts';

export interface EscalationParts {
  db: Database;
  clock: Clock;
  gate: Gate;
  outbox: Outbox;
  /** 0: nobody is rung. */
  afterMs: number;
}

/**
 * While something critical goes unanswered, one more person is rung after each interval: the owner, then the admins by the time of their
 * grant. A ring is a message of its own and passes quiet hours; who has muted it, or cannot be reached, is passed over.
 */
export function createEscalation({ db, clock, gate, outbox, afterMs }: EscalationParts) {
  async function ringNext({ subject, server_id, step }: { subject: string; server_id: string; step: number }): Promise<void> {
    const latest = await outboxStore(db).latest(subject);
    const notice = latest && noticeOf(latest);
    const people = notice && notice.phase !== 'resolved' ? await audienceStore(db).members(server_id, 'admin', clock.now()) : [];
    for (let at = step; notice && at < people.length; at++) {
      const userId = people[at] ?? '';
      if ((await gate.ask(userId, notice, { rings: true })).is !== 'send') continue;
      return db.transaction().execute(async (trx) => {
        await outbox.ring(trx, userId, notice);
        await escalationStore(trx).next(subject, at + 1, clock.now() + afterMs);
      });
    }
    await escalationStore(db).end(subject);
  }

  return {
    /** In the transaction of the announcement. */
    async follow(trx: Transaction<Tables>, notice: Notice): Promise<void> {
      const { subject, severity, phase, server, actions, facts } = notice;
      const store = escalationStore(trx);
      const answered = phase === 'resolved' || facts['acknowledgedBy'] !== undefined;
      if (answered) return void (await store.end(subject));
      if (afterMs === 0 || severity !== 'critical' || !server || !actions?.includes('acknowledge')) return;
      await store.begin(subject, server.id, clock.now() + afterMs);
    },
    async ringDue(): Promise<void> {
      for (const row of await escalationStore(db).due(clock.now())) await ringNext(row);
    },
  };
}
