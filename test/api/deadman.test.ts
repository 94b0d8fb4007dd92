import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDeadman } from '../../backend/src/features/monitor/deadman.ts';
import { monitorCheck } from '../../backend/src/features/monitor/monitor.check.ts';
import { SUPER_ADMIN, startWorld } from '../support/world.ts';

describe('The watchdog on the watching', () => {
  let called: Server;
  let calls: number;
  let arrived: Promise<void>;
  let url: string;
  beforeEach(async () => {
    calls = 0;
    arrived = new Promise((resolve) => {
      called = createServer((_request, response) => {
        calls += 1;
        response.end('ok', () => resolve());
      });
    });
    await new Promise<void>((resolve) => called.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(called.address() as AddressInfo).port}/ping-canary-5512`;
  });
  afterEach(() => new Promise((resolve) => (called.closeAllConnections(), called.close(resolve))));

  it('calls DEADMAN_URL while it goes on, and shows its standing in the health and the metrics (R28)', async () => {
    await using test = await startWorld({ env: { MONITOR_SECONDS: '60', DEADMAN_URL: url, METRICS_TOKEN: 'metrics-token-of-a-test' } });
    await arrived;
    const admin = await test.person(SUPER_ADMIN);
    const { body } = await admin.get('/admin/health/detailed');
    const check = body.checks.find(({ key }: { key: string }) => key === 'monitor');
    expect(check).toMatchObject({ status: 'ok', values: { on: true, servers: 0, overdueSeconds: 0 } });
    const metrics = await fetch(`${test.url}/metrics`, { headers: { authorization: 'Bearer metrics-token-of-a-test' } });
    expect(await metrics.text()).toMatch(/^clawmoor_monitor_servers 0$/m);
    expect(test.logged()).not.toContain('canary-5512');
  });

  it('does not call when the watching stands still', async () => {
    const deadman = startDeadman({ url, everyMs: 60_000, isAlive: () => false, log: pino({ level: 'silent' }) });
    await deadman.stop();
    expect(calls).toBe(0);
  });

  it('says once that the address does not answer, without the address', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    await new Promise((resolve) => called.close(resolve));
    const deadman = startDeadman({ url, everyMs: 60_000, isAlive: () => true, log });
    await deadman.stop();
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('canary');
    called = createServer().listen(0, '127.0.0.1');
  });

  const standing = { servers: 3, running: 0, overdueMs: 0, longestMs: 0, silentMs: 0, looks: 1, failed: 0, on: true };
  it.each([
    ['all is well', {}, 'ok'],
    ['it stands still', { silentMs: 61_000 }, 'failing'],
    ['a server waits too long', { overdueMs: 121_000 }, 'failing'],
    ['it is switched off', { on: false, silentMs: 1e9 }, 'ok'],
  ])('in the health, when %s', async (_what, more, status) => {
    expect(await monitorCheck({ standing: () => ({ ...standing, ...more }) }).look()).toMatchObject({ status });
  });
});
