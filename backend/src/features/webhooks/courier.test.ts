import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { openDatabase } from '../../adapters/sqlite/database.ts';
import { systemClock } from '../../lib/clock.ts';
import { createCourier } from './courier.ts';
import { newWebhookSecret } from './sign.ts';
import { webhooksStore } from './webhooks.store.ts';

it('does not sleep over a delivery that becomes due at the moment when it looks for the next one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-courier-'));
  const { db, close } = await openDatabase(join(folder, 'x.db'), { clock: systemClock });
  const store = webhooksStore(db);
  const none = { secret: '', disabled_why: null, failing_since: null, created_by: '7', created_at: 1 };
  await store.add({ id: 'whk_1', server_id: null, url: 'https://hooks.example.test/', kinds: '[]', enabled: 1, ...none });
  const untried = { needs_role: null, state: 'waiting' as const, status: null, error: null, took_ms: null, tried_at: null };
  await store.enqueue({ id: 'msg_1', webhook_id: 'whk_1', key: 'k', type: 't', body: '{}', due_at: 1_000, created_at: 1, ...untried });
  const post = vi.fn(async () => ({ status: 200, error: undefined, ms: 1 }));
  let asked = 0;
  const courier = createCourier({
    db,
    // Not due yet when it looks what is, due when it looks how long to wait.
    clock: { ...systemClock, now: () => (asked++ === 0 ? 999 : 1_001) },
    log: pino({ level: 'silent' }),
    post,
    secretOf: newWebhookSecret,
    mayBeTold: async () => true,
    roleOf: async () => undefined,
    onSwitchedOff: async () => {},
  });
  courier.wake();
  // It looks by itself every 30 s.
  await vi.waitFor(() => expect(post).toHaveBeenCalledOnce(), { timeout: 15_000 });
  await courier.stop();
  await close();
  await rm(folder, { recursive: true, force: true });
});
