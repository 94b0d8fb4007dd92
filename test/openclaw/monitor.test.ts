import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Notice } from '../../backend/src/lib/notice.ts';
import { stepClock } from '../support/clock.ts';
import { startGatewayWorld, type GatewayWorld } from '../support/daily-world.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';
import { inShort } from '../support/watching.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();
const LONG_MS = 300_000;
const MINUTE_MS = 60_000;

describeIf(why === undefined, `the real OpenClaw: ${why}`)('A watched gateway', () => {
  const clock = stepClock();
  const notices: Notice[] = [];
  let all: GatewayWorld;
  beforeAll(async () => {
    all = await startGatewayWorld({ clock, announce: async (notice) => void notices.push(notice) });
  }, LONG_MS);
  afterAll(() => all[Symbol.asyncDispose]());

  async function look(times = 1): Promise<void> {
    const { monitor, incidents } = all.test.world.watching;
    for (let left = times; left > 0; left--) {
      clock.step(MINUTE_MS);
      await monitor.lookNow(all.serverId);
    }
    await incidents.teller.ring();
  }

  it('is asked over its socket, as a viewer only: version, credentials, jobs, conversations', async () => {
    const asked = vi.spyOn(all.test.world.gateways, 'request');
    await look();
    const { gateway } = all.test.world.watching.monitor.lastLook(all.serverId) ?? {};
    expect(gateway).toMatchObject({ answers: true, version: expect.stringMatching(/^20\d\d\./), running: [], channelsDown: [] });
    for (const facts of [gateway?.credentials, gateway?.jobs]) expect(facts).toBeInstanceOf(Array);
    expect(asked.mock.calls.map(([, { method }]) => method).toSorted()).toEqual([
      'channels.status',
      'cron.list',
      'cron.status',
      'models.authStatus',
      'sessions.list',
    ]);
    expect(new Set(asked.mock.calls.map(([, { as }]) => as))).toEqual(new Set(['viewer']));
    asked.mockRestore();
    const { gateway: column } = (await all.owner.get(`/servers/${all.serverId}/metrics`)).body;
    expect(column.filter((value: number | null) => value !== null)).toEqual([100]);
  });

  it('is told of when a scheduled job did not run in its time', async () => {
    const job = { name: 'Tide', agentId: 'main', schedule: { kind: 'every', everyMs: 600_000 }, message: 'what is the tide?' };
    const { body } = await all.owner.post(all.path('/cron'), job);
    // OpenClaw has jobs of its own, which miss their time on a clock that runs ahead as well.
    const ofTide = (): string[] => inShort(notices.filter(({ facts }) => facts['job'] === 'Tide'));
    await look(2);
    expect(ofTide()).toEqual([]);
    clock.step(25 * MINUTE_MS);
    await look(2);
    expect(ofTide()).toEqual(['opened cron']);
    expect(notices.find(({ facts }) => facts['job'] === 'Tide')?.facts).toMatchObject({ stage: 'missed' });
    const owner = await all.test.person(1, 'Olga'); // an hour later, the first sign-in is over
    expect((await owner.remove(all.path(`/cron/${body.id}`))).status).toBe(204);
    await look();
    expect(ofTide()).toEqual(['opened cron', 'resolved cron']);
  });

  it(
    'is told of within two looks when it has died, and again when it is back',
    async () => {
      const ofGateway = (): Notice[] => notices.filter(({ kind }) => kind === 'gateway_down');
      // No service keeps this gateway: only what it says itself, while it lives, tells where its log is.
      const owner = await all.test.person(1, 'Olga');
      expect((await owner.get(all.path('/logs'))).status).toBe(200);
      await all.openclaw.stop('SIGKILL');
      await look();
      expect(ofGateway()).toEqual([]);
      await look();
      expect(inShort(ofGateway())).toEqual(['opened gateway_down']);
      expect(ofGateway()[0]).toMatchObject({ severity: 'critical', facts: { reason: 'gateway.down', running: 'no' } });
      const timeline = await owner.get(`/incidents/${ofGateway()[0]?.subject}/timeline`);
      expect(timeline.status, timeline.text).toBe(200);
      expect(timeline.body.entries.map(({ source }: { source: string }) => source)).toContain('gateway');
      await all.openclaw.start();
      await look();
      expect(inShort(ofGateway())).toEqual(['opened gateway_down', 'resolved gateway_down']);
    },
    LONG_MS,
  );
});
