import { describe, expect, it } from 'vitest';
import type { GatewayFacts, HostFacts, Look } from '../../../lib/look.ts';
import { DEFAULT_RULES } from '../../../lib/watch-settings.ts';
import { grownWithin, type Finding, type Reading, type Seen } from '../rule.ts';
import { rules } from './list.ts';
import { isBefore } from './update.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const host = (more: Partial<HostFacts> = {}): HostFacts => ({
  bootId: 'boot',
  uptimeSeconds: 1,
  load: 0,
  cpu: { busy: 1, total: 2 },
  memory: 40,
  swap: 0,
  memoryMiB: 2_000,
  disks: [{ path: '/', used: 40, inodes: 10, freeMiB: 9_000 }],
  oomKills: 0,
  service: { kind: 'user', running: true, restarts: 0, result: 'success' },
  ...more,
});
const gateway = (more: Partial<GatewayFacts> = {}): GatewayFacts => ({
  answers: true,
  problem: undefined,
  version: '2026.9.5',
  credentials: [],
  jobs: [],
  running: [],
  channelsDown: [],
  ...more,
});
const look = (more: Partial<Look> = {}): Look => ({
  serverId: 's',
  at: NOW,
  problem: undefined,
  host: host(),
  gateway: gateway(),
  noGateway: false,
  ...more,
});
const seen = (more: Partial<Seen> = {}): Seen => ({
  look: look(),
  rules: DEFAULT_RULES,
  history: [],
  budgets: [],
  newest: undefined,
  working: false,
  held: { gateway: false, agents: false },
  ...more,
});
const gone = (code: string): Seen => seen({ look: look({ problem: { code, message: '' }, host: undefined, gateway: undefined }) });
const disk = (used: number, inodes = 10): Seen =>
  seen({ look: look({ host: host({ disks: [{ path: '/', used, inodes, freeMiB: 100 }] }) }) });
const readings = (...counts: [minutesAgo: number, count: number, bootId?: string][]): Reading[] =>
  counts.map(([minutesAgo, count, bootId = 'boot']) => ({ at: NOW - minutesAgo * MINUTE_MS, bootId, oomKills: count, restarts: count }));
const credential = (more: object) =>
  gateway({ credentials: [{ provider: 'anthropic', name: 'Anthropic', status: 'ok', renews: false, expiresAt: undefined, ...more }] });
const silent = gateway({ answers: false, problem: { code: 'gateway.down', message: '' } });
const withGateway = (facts: GatewayFacts): Seen => seen({ look: look({ gateway: facts }) });
const telegram = { id: 'telegram/default', label: 'Telegram', account: undefined, error: undefined };
const job = (missed: number, failuresInARow: number): Seen =>
  withGateway(gateway({ jobs: [{ id: 'j', name: 'Digest', missed, failuresInARow }] }));
const spent = (reached: number): Seen => seen({ budgets: [{ id: 'b', agentId: null, reached, spentUsd: reached / 10, limitUsd: 10 }] });

const hole = (range: string, severity = 'high') => ({ range, severity, title: 'Ropes slip' });

type Expected = [severity: Finding['severity'], facts?: object] | 'nothing' | 'unknown';

/** By kind: what is seen, whether it stands already, and what the rule makes of it. */
const TABLE: Record<string, [what: string, seen: Seen, expected: Expected, open?: string[]][]> = {
  unreachable: [
    ['it answers', seen(), 'nothing'],
    ['it does not', gone('ssh.timeout'), ['critical', { reason: 'ssh.timeout' }]],
    ['it does not let us in', gone('ssh.auth_failed'), ['critical', { reason: 'ssh.auth_failed' }]],
    ['it answers with another key', gone('ssh.host_key_changed'), 'nothing'],
  ],
  host_key: [
    ['the key is the pinned one', seen(), 'nothing'],
    ['it is another', gone('ssh.host_key_changed'), ['critical']],
    ['nobody could see it', gone('ssh.timeout'), 'unknown'],
  ],
  gateway_down: [
    ['it answers', seen(), 'nothing'],
    [
      'it does not',
      withGateway(gateway({ answers: false, problem: { code: 'gateway.down', message: '' } })),
      ['critical', { reason: 'gateway.down', running: 'yes' }],
    ],
    ['there is none', seen({ look: look({ gateway: undefined, noGateway: true }) }), 'nothing'],
    ['a task restarts it', seen({ working: true, look: look({ gateway: gateway({ answers: false }) }) }), 'unknown'],
    ['somebody has stopped it', seen({ held: { gateway: true, agents: true }, look: look({ gateway: silent }) }), 'unknown'],
    [
      'it does not, and only agents were stopped',
      seen({ held: { gateway: false, agents: true }, look: look({ gateway: silent }) }),
      ['critical'],
    ],
    ['the server is gone', gone('ssh.timeout'), 'unknown'],
  ],
  crash_loop: [
    ['it runs', seen({ history: readings([2, 0], [1, 0], [0, 0]) }), 'nothing'],
    ['two restarts', seen({ history: readings([2, 0], [1, 1], [0, 2]) }), 'nothing'],
    ['three', seen({ history: readings([2, 0], [1, 1], [0, 3]) }), ['critical', { restarts: 3 }]],
    ['three, long ago', seen({ history: readings([30, 0], [20, 3], [0, 3]) }), 'nothing'],
    ['a person started it anew', seen({ history: readings([2, 7], [1, 0], [0, 0]) }), 'nothing'],
    [
      'systemd gave up',
      seen({ look: look({ host: host({ service: { kind: 'user', running: false, restarts: 0, result: 'start-limit-hit' } }) }) }),
      ['critical'],
    ],
    ['the server is gone', gone('ssh.timeout'), 'unknown'],
  ],
  disk: [
    ['84.9 %', disk(84.9), 'nothing'],
    ['85 %', disk(85), ['warning', { path: '/', percent: 85, what: 'space' }]],
    ['95 %', disk(95), ['critical']],
    ['no inodes', disk(10, 97), ['critical', { what: 'inodes', percent: 97 }]],
    ['84 %, and it stands already', disk(84), ['warning'], ['/']],
    ['82.9 %, and it stands already', disk(82.9), 'nothing', ['/']],
    ['the server is gone', gone('ssh.timeout'), 'unknown'],
  ],
  memory: [
    ['91 %', seen({ look: look({ host: host({ memory: 91 }) }) }), 'nothing'],
    ['92 %', seen({ look: look({ host: host({ memory: 92 }) }) }), ['warning', { percent: 92 }]],
    ['90 %, and it stands already', seen({ look: look({ host: host({ memory: 90 }) }) }), ['warning'], ['']],
    ['88 %, and it stands already', seen({ look: look({ host: host({ memory: 88 }) }) }), 'nothing', ['']],
  ],
  out_of_memory: [
    ['none', seen({ history: readings([1, 4], [0, 4]) }), 'nothing'],
    ['one since the last look', seen({ history: readings([1, 4], [0, 5]) }), ['warning', { count: 1, gateway: 'no' }]],
    ['after a start of the machine', seen({ history: readings([1, 4, 'before'], [0, 2]) }), ['warning', { count: 2 }]],
    ['16 minutes ago', seen({ history: readings([17, 4], [16, 5], [0, 5]) }), 'nothing'],
  ],
  model_auth: [
    ['a key without an end', withGateway(credential({ status: 'static' })), 'nothing'],
    ['71 hours', withGateway(credential({ expiresAt: NOW + 71 * HOUR_MS })), ['warning', { hours: 71, stage: 'later' }]],
    ['73 hours', withGateway(credential({ expiresAt: NOW + 73 * HOUR_MS })), 'nothing'],
    ['23 hours', withGateway(credential({ expiresAt: NOW + 23 * HOUR_MS })), ['critical', { stage: 'soon' }]],
    ['an hour, and it is renewed', withGateway(credential({ renews: true, expiresAt: NOW + HOUR_MS })), 'nothing'],
    [
      'it was renewed before, and is not',
      withGateway(credential({ renews: true, status: 'expiring', expiresAt: NOW + HOUR_MS })),
      ['critical'],
    ],
    ['over', withGateway(credential({ status: 'expired' })), ['critical', { stage: 'expired', hours: 0 }]],
    ['the gateway could not say', withGateway(gateway({ credentials: undefined })), 'unknown'],
  ],
  channel: [
    ['all are connected', withGateway(gateway()), 'nothing'],
    [
      'one is not',
      withGateway(gateway({ channelsDown: [{ ...telegram, error: 'Unauthorized' }] })),
      ['warning', { channel: 'Telegram', error: 'Unauthorized' }],
    ],
    [
      'an account of several',
      withGateway(gateway({ channelsDown: [{ ...telegram, account: 'ship' }] })),
      ['warning', { channel: 'Telegram (ship)' }],
    ],
    [
      'somebody has stopped it',
      seen({ held: { gateway: false, agents: true }, look: look({ gateway: gateway({ channelsDown: [telegram] }) }) }),
      'unknown',
    ],
    ['the gateway could not say', withGateway(gateway({ channelsDown: undefined })), 'unknown'],
  ],
  cron: [
    ['all is well', job(0, 1), 'nothing'],
    ['missed', job(1, 0), ['warning', { job: 'Digest', stage: 'missed' }]],
    ['failing', job(0, 2), ['warning', { stage: 'failing', failures: 2 }]],
    ['the gateway is down', seen({ look: look({ gateway: undefined }) }), 'unknown'],
    ['somebody has stopped the schedules', { ...job(1, 0), held: { gateway: false, agents: true } }, 'unknown'],
  ],
  stuck_session: [
    ['a turn under way', withGateway(gateway({ running: [{ key: 'k', title: 'Trip', stuck: false }] })), 'nothing'],
    [
      'a turn of which nothing is heard',
      withGateway(gateway({ running: [{ key: 'k', title: 'Trip', stuck: true }] })),
      ['warning', { session: 'Trip', minutes: 30 }],
    ],
  ],
  budget: [
    ['nothing spent', spent(0), 'nothing'],
    ['half', spent(50), ['info', { percent: 50, limitUsd: 10 }]],
    ['80 %', spent(80), ['warning']],
    ['all of it', spent(100), ['critical']],
  ],
  update: [
    ['nobody knows the newest', seen(), 'unknown'],
    ['a newer one', seen({ newest: { version: '2026.9.10', holes: undefined } }), ['info', { version: '2026.9.5', newest: '2026.9.10' }]],
    ['it is the newest', seen({ newest: { version: '2026.9.5', holes: [] } }), 'nothing'],
    ['it has a hole: the other rule says so', seen({ newest: { version: '2026.9.6', holes: [hole('<2026.9.6')] } }), 'unknown'],
  ],
  security_update: [
    ['no known hole', seen({ newest: { version: '2026.9.6', holes: [hole('<2026.9.5')] } }), 'nothing'],
    ['a bad one', seen({ newest: { version: '2026.9.6', holes: [hole('<2026.9.6')] } }), ['critical', { hole: 'Ropes slip' }]],
    ['a small one', seen({ newest: { version: '2026.9.6', holes: [hole('<2026.9.6', 'low')] } }), ['warning']],
    ['one that no version mends yet', seen({ newest: { version: '2026.9.6', holes: [hole('*')] } }), 'nothing'],
    ['the registry does not say', seen({ newest: { version: '2026.9.6', holes: undefined } }), 'unknown'],
  ],
};

describe('The rules', () => {
  it('have a table each', () => {
    expect(Object.keys(TABLE).toSorted()).toEqual(rules.map(({ kind }) => kind).toSorted());
  });

  for (const rule of rules) {
    it.each(TABLE[rule.kind] ?? [])(`${rule.kind}: %s`, (_what, sight, expected, open = []) => {
      const findings = rule.find(sight, new Set(open));
      if (expected === 'unknown') expect(findings).toBeUndefined();
      else if (expected === 'nothing') expect(findings).toEqual([]);
      else expect(findings).toMatchObject([{ severity: expected[0], facts: expected[1] ?? {} }]);
    });
  }

  it('count what grew, over a new start of the machine and of the counter', () => {
    expect(grownWithin([], 'restarts', HOUR_MS)).toBe(0);
    expect(grownWithin(readings([3, 5], [2, 6], [1, 0], [0, 2]), 'restarts', HOUR_MS)).toBe(3);
  });

  it.each([
    ['2026.9.5', '2026.9.10', true],
    ['2026.10.1', '2026.9.10', false],
    ['2026.9.5', '2026.9.5', false],
    ['2026.9.5-beta.1', '2026.9.5', false],
  ])('%s before %s: %s', (one, other, before) => expect(isBefore(one, other)).toBe(before));
});
