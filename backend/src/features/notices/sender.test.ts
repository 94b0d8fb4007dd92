import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { openDatabase } from '../../adapters/sqlite/database.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Gate, Verdict } from './gate.ts';
import { outboxStore } from './outbox.store.ts';
import { PACE } from './pace.ts';
import { createSender } from './sender.ts';

it('asks once more when a message has waited its turn: who has lost the right meanwhile is told nothing (U8, S15)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-sender-'));
  const { db, close } = await openDatabase(join(folder, 'x.db'), { clock: systemClock });
  const user = { last_name: null, username: null, language_code: null, created_at: 1, last_seen_at: 1 };
  await db
    .insertInto('user')
    .values({ id: '7', first_name: 'Tom', ...user })
    .execute();
  const notice = { subject: 'inc_1', kind: 'disk', severity: 'warning', phase: 'opened', audience: { userId: '7' }, facts: {}, at: 1 };
  const none = { why: null, message_id: null, summary_id: null, shown_at: null, created_at: 1, updated_at: 1 };
  const row = { user_id: '7', subject: 'inc_1', state: 'waiting' as const, ...none };
  const id = await outboxStore(db).add({ ...row, notice: JSON.stringify(notice) });
  const verdicts: Verdict[] = [{ is: 'send' }, { is: 'drop', why: 'no_access' }];
  const gate: Partial<Gate> = { ask: async () => verdicts.shift() ?? { is: 'drop', why: 'no_access' }, tongue: async () => 'en' };
  const send = vi.fn(async () => ({ is: 'sent' as const, messageId: 1 }));
  const sender = createSender({
    db,
    line: { send, edit: send },
    gate: gate as Gate, // it asks for no more of it
    clock: systemClock,
    log: pino({ level: 'silent' }),
    pace: PACE,
  });
  sender.wake();
  await vi.waitFor(async () => expect(await outboxStore(db).get(id)).not.toMatchObject({ state: 'waiting' }), { timeout: 30_000 });
  expect(await outboxStore(db).get(id)).toMatchObject({ state: 'dropped', why: 'no_access' });
  expect(send).not.toHaveBeenCalled();
  await sender.stop();
  await close();
  await rm(folder, { recursive: true, force: true });
});
