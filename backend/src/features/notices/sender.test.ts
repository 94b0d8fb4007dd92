import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openDatabase } from '../../adapters/sqlite/database.ts';
import { systemClock } from '../../lib/clock.ts';
import type { OpenDatabase } from '../../lib/open-database.ts';
import { audienceStore } from './audience.store.ts';
import type { Gate, Verdict } from './gate.ts';
import { outboxStore } from './outbox.store.ts';
import { PACE } from './pace.ts';
import { createSender } from './sender.ts';

let folder: string;
let db: OpenDatabase['db'];
let close: OpenDatabase['close'];
let id: number;
const send = vi.fn(async () => ({ is: 'sent' as const, messageId: 1 }));
const stateOf = async () => (await outboxStore(db).get(id))?.state;

/** A sender that asks a gate which gives these answers, one after the other. */
const senderWith = (verdicts: Verdict[], clock = systemClock) => {
  const gate: Partial<Gate> = {
    mayRelease: async () => true,
    ask: async () => verdicts.shift() ?? { is: 'drop', why: 'no_access' },
    tongue: async () => 'en',
  };
  return createSender({
    db,
    line: { send, edit: send },
    gate: gate as Gate, // it asks for no more of it
    clock,
    log: pino({ level: 'silent' }),
    pace: PACE,
  });
};

beforeEach(async () => {
  send.mockClear();
  folder = mkdtempSync(join(tmpdir(), 'clawmoor-sender-'));
  ({ db, close } = await openDatabase(join(folder, 'x.db'), { clock: systemClock }));
  const user = { last_name: null, username: null, language_code: null, created_at: 1, last_seen_at: 1 };
  await db
    .insertInto('user')
    .values({ id: '7', first_name: 'Tom', ...user })
    .execute();
  const notice = { subject: 'inc_1', kind: 'disk', severity: 'warning', phase: 'opened', audience: { userId: '7' }, facts: {}, at: 1 };
  const none = { why: null, message_id: null, summary_id: null, shown_at: null, created_at: 1, updated_at: 1 };
  const row = { user_id: '7', subject: 'inc_1', state: 'waiting' as const, ...none };
  id = await outboxStore(db).add({ ...row, notice: JSON.stringify(notice) });
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

it('asks once more when a message has waited its turn: who has lost the right meanwhile is told nothing (U8, S15)', async () => {
  const sender = senderWith([{ is: 'send' }, { is: 'drop', why: 'no_access' }]);
  sender.wake();
  await vi.waitFor(async () => expect(await stateOf()).not.toBe('waiting'), { timeout: 30_000 });
  expect(await outboxStore(db).get(id)).toMatchObject({ state: 'dropped', why: 'no_access' });
  expect(send).not.toHaveBeenCalled();
  await sender.stop();
});

it('does not sleep over a pause that ends at the moment when it looks for the next one', async () => {
  await audienceStore(db).putChat('7', { paused_until: 1_000 });
  let asked = 0;
  // Still paused when it looks who may be sent something, over when it looks how long to wait.
  const clock = { ...systemClock, now: () => (asked++ === 0 ? 999 : 1_001) };
  const sender = senderWith([{ is: 'send' }, { is: 'send' }], clock);
  sender.wake();
  // Well before it would look again by itself.
  await vi.waitFor(() => expect(send).toHaveBeenCalledOnce(), { timeout: PACE.lookEveryMs / 2 });
  await sender.stop();
});

it('sums up once what was held, also where two things let it go at the same moment', async () => {
  const store = outboxStore(db);
  const row = await store.get(id);
  if (!row) throw new Error('the row of every test is gone');
  const { id: _id, ...rest } = row;
  await store.update(id, { state: 'held', why: 'quiet' });
  await store.add({ ...rest, subject: 'inc_2', state: 'held', why: 'quiet' });
  await audienceStore(db).putChat('7', { paused_until: Date.now() + 60_000 });
  const sender = senderWith(Array.from({ length: 8 }, (): Verdict => ({ is: 'send' })));
  await Promise.all([sender.release(), sender.release()]);
  await sender.stop();
  expect(await db.selectFrom('outbox').select('id').where('is_summary', '=', 1).execute()).toHaveLength(1);
});
