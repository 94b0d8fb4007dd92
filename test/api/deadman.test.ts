import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebhookPost } from '../../backend/src/adapters/webhook/post.ts';
import { startDeadman } from '../../backend/src/features/monitor/deadman.ts';
import { monitorCheck } from '../../backend/src/features/monitor/monitor.check.ts';
import { createDialer } from '../../backend/src/lib/egress.ts';
import { SUPER_ADMIN, startWorld } from '../support/world.ts';

const call = createWebhookPost({ dial: createDialer({ privateHosts: 'all', ownPorts: () => [] }) });

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
    const deadman = startDeadman({ url, everyMs: 60_000, isAlive: () => false, call, log: pino({ level: 'silent' }) });
    await deadman.stop();
    expect(calls).toBe(0);
  });

  it('says once that the address does not answer, without the address', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    await new Promise((resolve) => called.close(resolve));
    const deadman = startDeadman({ url, everyMs: 60_000, isAlive: () => true, call, log });
    await deadman.stop();
    expect(lines).toHaveLength(1);
    expect(lines.join()).toContain('the address refuses connections');
    expect(lines.join()).not.toMatch(/canary|127\.0\.0\.1/);
    called = createServer().listen(0, '127.0.0.1');
  });

  it.each([
    ['leads to the metadata of a cloud', ['169.254.169.254'], []],
    ['leads to a port of ours', ['127.0.0.1'], ['ours']],
    ['leads there as well', ['127.0.0.1', '169.254.169.254'], []],
  ])('calls no name that %s, wherever it led before (S28)', async (_what, addresses, own) => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const { port } = called.address() as AddressInfo;
    const dial = createDialer({ privateHosts: 'all', ownPorts: () => own.map(() => port), resolve: async () => addresses });
    const name = `http://rebound.example.test:${port}/ping-canary`;
    await startDeadman({ url: name, everyMs: 60_000, isAlive: () => true, call: createWebhookPost({ dial }), log }).stop();
    expect(calls).toBe(0);
    expect(lines.join()).toContain('does not connect to');
    expect(lines.join()).not.toMatch(/canary|rebound/);
  });

  it('follows no redirect (S28)', async () => {
    const paths: unknown[] = [];
    called.removeAllListeners('request').on('request', ({ url: path }, response) => {
      paths.push(path);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await startDeadman({ url, everyMs: 60_000, isAlive: () => true, call, log: pino({ level: 'silent' }) }).stop();
    expect(paths).toEqual(['/ping-canary-5512']);
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
