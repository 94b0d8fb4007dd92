import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenDatabase } from '../../backend/src/lib/open-database.ts';
import { openTestStore } from '../support/store.ts';
import { backupFindings } from '../../backend/src/features/incidents/backup-findings.ts';
import { createFollower } from '../../backend/src/features/incidents/follower.ts';
import { createIncidents, type Incidents } from '../../backend/src/features/incidents/incidents.ts';
import { randomId } from '../../backend/src/lib/id.ts';
import type { Look } from '../../backend/src/lib/look.ts';
import type { Notice } from '../../backend/src/lib/notice.ts';
import { DEFAULT_RULES } from '../../backend/src/lib/watch-settings.ts';
import { HOUR_MS, MINUTE_MS, stepClock } from '../support/clock.ts';
import { inShort } from '../support/watching.ts';

const SERVER = 'srv_0000000000000000000a';

describe('Incidents', () => {
  let folder: string;
  let opened: OpenDatabase;
  let clock: ReturnType<typeof stepClock>;
  /** What the bot has stored: by subject, phase and time, as it tells a notice from one that it has. */
  let told: Map<string, Notice>;
  let calls: number;
  let refuse: boolean;
  let incidents: Incidents;

  const announce = async (notice: Notice): Promise<void> => {
    calls += 1;
    if (refuse) throw new Error('the disk is full');
    told.set(`${notice.subject} ${notice.phase} ${notice.at}`, notice);
  };
  const notices = (): string[] => inShort([...told.values()]);
  const start = async (): Promise<Incidents> => {
    const made = createIncidents({
      db: opened.db,
      clock,
      makeId: randomId,
      log: pino({ level: 'silent' }),
      announce,
      newest: () => undefined,
    });
    await made.begin();
    return made;
  };
  /** One look a minute later: a server that answers, with a disk so full; or one that is gone. */
  async function look(used: number | 'gone'): Promise<void> {
    clock.step(MINUTE_MS);
    const gone = used === 'gone';
    const at: Look = {
      serverId: SERVER,
      at: clock.now(),
      problem: gone ? { code: 'ssh.timeout', message: '' } : undefined,
      host: gone
        ? undefined
        : {
            bootId: 'b',
            uptimeSeconds: 1,
            load: 0,
            cpu: { busy: 0, total: 1 },
            memory: 1,
            swap: 0,
            memoryMiB: 1,
            disks: [{ path: '/', used, inodes: 1, freeMiB: 1 }],
            oomKills: 0,
            service: undefined,
          },
      gateway: undefined,
      noGateway: true,
    };
    await incidents.take(at, DEFAULT_RULES, undefined);
    await incidents.teller.ring();
  }
  async function looks(...all: (number | 'gone')[]): Promise<void> {
    for (const one of all) await look(one);
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clawmoor-incidents-'));
    clock = stepClock();
    opened = await openTestStore(join(folder, 'x.db'), { clock });
    [told, calls, refuse] = [new Map(), 0, false];
    const now = clock.now();
    await opened.db
      .insertInto('server')
      .values({
        id: SERVER,
        name: 'ship',
        host: 'h',
        port: 22,
        username: 'u',
        auth_method: 'key',
        public_key: null,
        tags: '[]',
        jump_host: null,
        jump_port: null,
        jump_username: null,
        state_at: null,
        created_at: now,
        updated_at: now,
      })
      .execute();
    incidents = await start();
  });
  afterEach(async () => {
    await incidents.teller.stop();
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('need their confirmations, change with the severity only, and are one subject from beginning to end', async () => {
    await looks(86, 50, 86);
    expect(notices()).toEqual([]);
    await looks(87, 88, 96, 97, 50);
    expect(notices()).toEqual(['opened disk', 'changed disk']);
    await look(50);
    expect(notices()).toEqual(['opened disk', 'changed disk', 'resolved disk']);
    expect(new Set([...told.values()].map(({ subject }) => subject)).size).toBe(1);
    expect([...told.values()].map(({ severity }) => severity)).toEqual(['warning', 'critical', 'critical']);
    expect([...told.values()][0]?.actions).toEqual(['acknowledge', 'mute_server']);
    expect([...told.values()].at(-1)?.actions).toBeUndefined();
  });

  it('are damped when they flap: the same one comes back, and must stay away longer each time', async () => {
    await looks('gone', 'gone', 50, 'gone', 'gone', 50, 50, 'gone', 'gone');
    expect(notices()).toEqual([
      'opened unreachable',
      'resolved unreachable',
      'changed unreachable',
      'resolved unreachable',
      'changed unreachable',
    ]);
    await looks(50, 50, 50);
    expect(notices()).toHaveLength(5);
    await look(50);
    expect(notices().at(-1)).toBe('resolved unreachable');
    const { incidents: all } = await incidents.list({ serverIds: [SERVER], state: undefined, cursor: undefined, limit: 10 });
    expect(all.map(({ returned }) => returned)).toEqual([2]);
    // Long after, it is a new one.
    clock.step(HOUR_MS);
    await looks('gone', 'gone');
    expect(notices().at(-1)).toBe('opened unreachable');
    expect(new Set([...told.values()].map(({ subject }) => subject)).size).toBe(2);
  });

  it('are told once over a restart, whether the crash came before or after they were handed on', async () => {
    refuse = true;
    await looks('gone', 'gone');
    expect(notices()).toEqual([]);
    await incidents.teller.stop();
    refuse = false;
    incidents = await start();
    expect(notices()).toEqual(['opened unreachable']);
    // Handed on, and the process ends before it could note that.
    const [notice] = [...told.values()];
    await opened.db
      .insertInto('notice_pending')
      .values({ notice: JSON.stringify(notice) })
      .execute();
    incidents = await start();
    expect(notices()).toEqual(['opened unreachable']);
    await looks('gone', 'gone', 'gone');
    expect(notices()).toEqual(['opened unreachable']);
    await look(50);
    expect(notices()).toEqual(['opened unreachable', 'resolved unreachable']);
  });

  it('repeat nothing hidden, secret or endless of what a server calls its things', async () => {
    const job = `x\u202E sk-canary-0123456789abcdef0123456789 ${'y'.repeat(5_000)}`;
    await incidents.report({ serverId: SERVER, kind: 'approval', findings: [{ about: job, severity: 'warning', facts: { job } }] });
    await incidents.teller.ring();
    const [notice] = [...told.values()];
    expect(notice?.facts['job']).toMatch(/^x\\u\{202e\} \[secret\] y+$/);
    expect(JSON.stringify(notice).length).toBeLessThan(1_500);
    const { incidents: listed } = await incidents.list({ serverIds: [SERVER], state: 'open', cursor: undefined, limit: 10 });
    expect(JSON.stringify(listed)).not.toContain('canary');
  });

  it('end when nobody watches the server any more', async () => {
    await looks('gone', 'gone');
    await incidents.endAllOf(SERVER);
    await incidents.teller.ring();
    expect(notices()).toEqual(['opened unreachable', 'resolved unreachable']);
  });

  it('tell of tasks that ended and of access, once each, and not of what was before', async () => {
    const follower = createFollower({ store: incidents.store, teller: incidents.teller, clock });
    const task = (id: string, state: 'failed' | 'succeeded', finishedAt: number) =>
      opened.db
        .insertInto('task')
        .values({
          id,
          server_id: SERVER,
          lane: id,
          type: 'setup.run',
          input: '{}',
          secrets: null,
          state,
          cancel_asked_at: null,
          lease_until: null,
          error: state === 'failed' ? '{"code":"setup.disk_full","message":"The disk is full"}' : null,
          created_by: '7',
          idempotency_key: null,
          retry_of: null,
          created_at: finishedAt - 10,
          started_at: finishedAt - 9,
          finished_at: finishedAt,
        })
        .execute();
    await opened.db
      .insertInto('user')
      .values({ id: '7', first_name: 'Tom', last_name: null, username: null, language_code: null, created_at: 1, last_seen_at: 1 })
      .execute();
    await task('tsk_old', 'failed', clock.now() - HOUR_MS);
    await follower.follow();
    expect(notices()).toEqual([]);
    clock.step(MINUTE_MS);
    await task('tsk_a', 'failed', clock.now() - 20);
    await task('tsk_b', 'succeeded', clock.now() - 10);
    const audit = { server_id: SERVER, result: 'ok', actor_id: '1', actor_name: 'Olga', before: null, ip: null, request_id: null };
    await opened.db
      .insertInto('audit')
      .values({ ...audit, at: clock.now(), action: 'access.grant', target: '9', after: '{"role":"viewer"}', previous_hash: 'a', hash: 'b' })
      .execute();
    clock.step(1000);
    await Promise.all([follower.follow(), follower.follow()]);
    await createFollower({ store: incidents.store, teller: incidents.teller, clock }).follow();
    expect(calls).toBe(4);
    expect(
      [...told.values()].map(({ kind, subject, severity, audience, facts }) => ({ kind, subject, severity, audience, facts })),
    ).toMatchObject([
      { kind: 'task', subject: 'tsk_a', severity: 'warning', audience: { userId: '7' }, facts: { code: 'setup.disk_full' } },
      { kind: 'task', subject: 'tsk_b', severity: 'info', audience: { userId: '7' } },
      { kind: 'access', audience: { userId: '9' }, facts: { role: 'viewer', by: 'Olga' } },
      { kind: 'access', audience: { role: 'owner', serverId: SERVER } },
    ]);
  });

  it.each([
    ['a good one of 25 hours', { lastGood: { created_at: -25 * HOUR_MS } }, []],
    ['a good one of 26 hours (R28)', { lastGood: { created_at: -26 * HOUR_MS } }, ['too_old']],
    ['one that failed since', { lastGood: { created_at: 0 }, failure: { message: 'x' } }, ['failed']],
    ['a rehearsal that failed', { lastGood: { created_at: 0 }, rehearsal: { ok: 0 as const } }, ['rehearsal_failed']],
    ['none in the first hours', {}, []],
  ])('say of the installation’s backups, with %s: %s', (_what, standing, reasons) => {
    const whole = { lastGood: undefined, failure: undefined, rehearsal: undefined, ...standing };
    expect(backupFindings(whole, { now: 0, startedAt: -HOUR_MS }).map(({ facts }) => facts['reason'])).toEqual(reasons);
  });
});
