import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openFeed } from '../support/feed.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD, startSshd } from '../support/sshd.ts';
import { inShort, startWatchedWorld, type WatchedWorld } from '../support/watching.ts';

describeIf(SSHD !== undefined, 'there is no sshd')('A watched server', () => {
  let watched: WatchedWorld;
  beforeAll(async () => {
    watched = await startWatchedWorld();
  });
  beforeEach(() => {
    watched.notices.length = 0;
  });
  afterAll(() => watched[Symbol.asyncDispose]());

  const at = (rest: string): string => `/servers/${watched.serverId}${rest}`;

  it('is measured over SSH in one round trip, and shown in columns without holes of our own making (R27)', async () => {
    const { owner, look, test, serverId } = watched;
    await look(3);
    const { status, body, text } = await owner.get(at('/metrics'));
    expect(status, text).toBe(200);
    expect(body.stepSeconds).toBe(60);
    expect(body.cpu).toHaveLength(60);
    for (const name of ['load', 'memory', 'disk', 'inodes']) {
      const known = body[name].filter((value: number | null) => value !== null);
      expect(known.length, name).toBe(3);
      for (const value of known) expect(value).toBeGreaterThanOrEqual(0);
    }
    // The load of the processor lies between two looks.
    expect(body.cpu.filter((value: number | null) => value !== null)).toHaveLength(2);
    expect(body.gateway.every((value: number | null) => value === null)).toBe(true);
    const last = test.world.watching.monitor.lastLook(serverId);
    expect(last?.host?.disks[0]).toMatchObject({ path: '/' });
    expect(last?.host?.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(last?.noGateway).toBe(true);
    const card = (await owner.get('/monitoring')).body.servers[0];
    expect(card).toMatchObject({ serverId, open: 0, worst: null, disk: expect.any(Number) });
    expect(card.cpu).toHaveLength(12);
    expect(Date.parse((await owner.get(at(''))).body.stateAt)).toBeGreaterThan(Date.now() + 30_000); // the clock of the test runs ahead
  });

  it('answers 400 where the times are the wrong way round, and at most 1,500 points however fine the step', async () => {
    const { owner } = watched;
    const wrong = await owner.get(at('/metrics?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'));
    expect([wrong.status, wrong.body.code]).toEqual([400, 'request.invalid']);
    const { body } = await owner.get(at('/metrics?from=2025-12-01T00:00:00Z&to=2026-11-30T00:00:00Z&step=60'));
    expect(body.cpu.length).toBeLessThanOrEqual(1_500);
    expect(body.stepSeconds % 3600).toBe(0);
  });

  it('is off when it is switched off: no look, no open incident, no connection (R27)', async () => {
    const { owner, look, test, notices } = watched;
    const { monitor } = test.world.watching;
    const disk = { warning: 1, critical: 2 };
    await owner.put(at('/monitoring'), { rules: { disk } });
    await look(2);
    expect(new Set(inShort(notices))).toEqual(new Set(['opened disk']));
    const off = await owner.put(at('/monitoring'), { enabled: false });
    expect(off.body).toMatchObject({ enabled: false, nextLookAt: null, rules: { disk } });
    expect((await owner.get('/incidents?state=open')).body.incidents).toEqual([]);
    const before = monitor.standing().looks;
    await look(2);
    expect(monitor.standing()).toMatchObject({ looks: before, servers: 0 });
    expect(test.world.hosts.standing().used).toBe(0);
    await owner.put(at('/monitoring'), { enabled: true, rules: { disk: { warning: 98, critical: 99 } } });
    await look();
    expect(monitor.standing().looks).toBe(before + 1);
  });

  it('refuses thresholds in the wrong order, and is a viewer’s to see and an admin’s to change', async () => {
    const { owner, test, serverId } = watched;
    const wrong = await owner.put(at('/monitoring'), { rules: { disk: { warning: 99, critical: 90 } } });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'monitoring.thresholds']);
    const viewer = await test.person(2);
    await test.grant(serverId, viewer.id, 'viewer');
    expect((await viewer.get(at('/monitoring'))).status).toBe(200);
    expect((await viewer.put(at('/monitoring'), { enabled: false })).status).toBe(403);
  });

  it('is heard of live by those who may see it, and by nobody else (S15)', async () => {
    const { test, serverId } = watched;
    const [viewer, stranger] = [await test.person(2), await test.person(3)];
    await using heard = await openFeed(test, viewer.token, '/incidents/events');
    await using deaf = await openFeed(test, stranger.token, '/incidents/events');
    const findings = [{ about: 'a', severity: 'warning' as const, facts: {} }];
    await test.world.watching.incidents.report({ serverId, kind: 'approval', findings });
    await heard.until(/"state":"open"/);
    await test.world.watching.incidents.report({ serverId, kind: 'approval', findings: [] });
    await heard.until(/"state":"resolved"/);
    expect(deaf.text()).not.toContain('incident');
  });

  it('opens one incident when it is gone for two looks, resolves it when it answers again, and tells of another host key', async () => {
    const { sshd, notices, look, owner, serverId, test } = watched;
    await sshd[Symbol.asyncDispose]();
    test.world.hosts.drop(serverId); // sshd's own end leaves its open sessions alone
    await look();
    expect(inShort(notices)).toEqual([]);
    await look();
    expect(inShort(notices)).toEqual(['opened unreachable']);
    await look(2);
    expect(inShort(notices)).toEqual(['opened unreachable']);
    const { incidents } = (await owner.get('/incidents?state=open')).body;
    expect(incidents).toMatchObject([{ kind: 'unreachable', serverId, serverName: 'ship', severity: 'critical', state: 'open' }]);
    expect((await owner.get('/monitoring')).body.servers[0]).toMatchObject({ open: 1, worst: { kind: 'unreachable' } });
    const server = { id: serverId, name: 'ship' };
    expect(notices[0]).toMatchObject({ subject: incidents[0].id, audience: { role: 'viewer', serverId }, server });
    const acknowledged = await owner.post(`/incidents/${incidents[0].id}/acknowledge`);
    expect(acknowledged.body).toMatchObject({ acknowledgedBy: 'Olga' });

    await using reinstalled = await startSshd({ port: sshd.port });
    await look();
    expect(inShort(notices)).toEqual(['opened unreachable', 'resolved unreachable', 'opened host_key']);
    const timeline = await owner.get(`/incidents/${incidents[0].id}/timeline`);
    expect(timeline.body.entries.map(({ source, what }: { source: string; what: string }) => `${source} ${what}`)).toEqual(
      expect.arrayContaining(['incident opened: unreachable', 'incident acknowledged: unreachable', 'audit monitoring.change']),
    );
    expect(timeline.body.missing.map(({ source }: { source: string }) => source).toSorted()).toEqual(['gateway', 'journal']);

    if (!('privateKey' in reinstalled.target.auth)) throw new Error('the test sshd logs in by key');
    await owner.put(`/servers/${serverId}`, { authMethod: 'key', privateKey: reinstalled.target.auth.privateKey });
    await owner.post(at('/test'));
    const pinned = await owner.post(at('/host-key'), { sha256: reinstalled.target.pin?.sha256 }, { 'x-step-up': await test.stepUp(owner) });
    expect(pinned.status, pinned.text).toBe(200);
    await look();
    expect(inShort(notices).at(-1)).toBe('resolved host_key');
    expect((await owner.get(at('/incidents'))).body.incidents.map(({ state }: { state: string }) => state)).not.toContain('open');
    const over = await owner.post(`/incidents/${incidents[0].id}/acknowledge`);
    expect([over.status, over.body.code]).toEqual([409, 'incident.resolved']);
  });
});
