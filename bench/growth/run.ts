// npm run bench:growth: the same questions at 10, 100 and 1,000 servers, and at a thousand, 100,000 and ten million rows of the audit log
// and of samples. `-- --save` writes docs/reference/growth.md. It needs 6 GB in the folder for temporary files, and gives them back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBackend } from '../../deploy/toolbox.mjs';
import { signIn } from '../../test/support/main-process.ts';
import { productionEnvironment } from '../../test/support/world.ts';
import { startChild } from '../child.ts';
import { holds, machine, median, table, type Figure } from '../report.ts';
import { savePage } from '../save.ts';
import { fillData, SAMPLES_OF_A_SERVER, type Amounts } from './fill.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROUNDS = 150;
const DAY_MS = 86_400_000;
const SERVERS = [10, 100, 1_000] as const;
const ROWS = [1_000, 100_000, 10_000_000] as const;

interface Seen {
  /** Milliseconds of each question, as the client waits. */
  times: Record<string, number>;
  upMs: number;
  rssMiB: number;
  auditBytes: number;
  sampleBytes: number;
}

const asked = (): Record<string, string> => {
  const since = (days: number): string => encodeURIComponent(new Date(Date.now() - days * DAY_MS).toISOString());
  return {
    'the list of servers': '/servers',
    'the cards of the list': '/monitoring',
    'one server': '/servers/srv_00000',
    'what happened: the first page': '/admin/audit?limit=50',
    'what happened, of one person': '/admin/audit?limit=50&actor=7',
    'what happened on one server': '/servers/srv_00000/audit?limit=50',
    'measured in the last hour': '/servers/srv_00000/metrics',
    'measured in 30 days': `/servers/srv_00000/metrics?from=${since(30)}`,
    'measured in a year': `/servers/srv_00000/metrics?from=${since(364)}`,
  };
};

async function look(amounts: Amounts): Promise<Seen> {
  const dir = await mkdtemp(join(tmpdir(), 'clawmoor-growth-'));
  try {
    const bytes = await fillData(dir, amounts);
    const env = { ...productionEnvironment, DATA_DIR: dir, LOG_LEVEL: 'error' };
    await using child = await startChild([join(ROOT, 'backend/dist/main.mjs')], env);
    const api = `${child.url}/api`;
    const headers = { authorization: `Bearer ${await signIn(api)}` };
    const timed = async (path: string, init: RequestInit = {}): Promise<number> => {
      const startedAt = performance.now();
      const answer = await fetch(`${api}${path}`, { ...init, headers: { ...headers, ...init.headers } });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
      return performance.now() - startedAt;
    };
    const times: Record<string, number[]> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [what, path] of Object.entries(asked())) (times[what] ??= []).push(await timed(path));
      const body = JSON.stringify({ muted: round % 2 === 0 });
      const change = { method: 'PUT', body, headers: { 'content-type': 'application/json' } };
      (times['a change, with its row in the log'] ??= []).push(await timed('/me/notification-prefs', change));
    }
    const medians = Object.fromEntries(Object.entries(times).map(([what, all]) => [what, median(all.slice(ROUNDS / 5))]));
    return { times: medians, upMs: child.upMs, rssMiB: child.usage().rssMiB, ...bytes };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const figures: Figure[] = [];
const say = (text: string): void => void process.stderr.write(`${text}\n`);
buildBackend();

const byServers: Seen[] = [];
for (const servers of SERVERS) {
  say(`${servers} servers …`);
  byServers.push(await look({ servers, auditRows: 1_000, samples: Math.min(servers, 10) * SAMPLES_OF_A_SERVER }));
}
const [few, some, many] = byServers;
const byRows: Seen[] = [];
for (const rows of ROWS) {
  say(`${rows} rows of each …`);
  byRows.push(await look({ servers: Math.ceil(ROWS[2] / SAMPLES_OF_A_SERVER), auditRows: rows, samples: rows }));
}
const [thousand, middle, millions] = byRows;
if (!few || !some || !many || !thousand || !middle || !millions) throw new Error('a size was left out');

const [least, , most] = SERVERS;
for (const what of ['the list of servers', 'the cards of the list']) {
  const each = (seen: Seen, servers: number): number => (1_000 * (seen.times[what] ?? 0)) / servers;
  figures.push({
    id: 'servers',
    what: `${what}: for each of ${most} servers`,
    unit: 'µs',
    ours: each(many, most),
    anchor: { name: `for each of ${least}`, value: each(few, least) },
    target: { op: '<=', value: 1 },
    note: `${[few, some, many].map((seen) => `${(seen.times[what] ?? 0).toFixed(1)} ms`).join(', ')} at ${SERVERS.join(', ')}`,
  });
}
figures.push(
  {
    id: 'servers',
    what: `one server among ${most}`,
    unit: 'ms',
    ours: many.times['one server'] ?? 0,
    anchor: { name: `among ${least}`, value: few.times['one server'] ?? 0 },
    target: { op: '<=', value: 2 },
  },
  {
    id: 'servers',
    what: 'memory for one more server that nobody watches',
    unit: 'KiB',
    ours: Math.max(0, (1_024 * (many.rssMiB - few.rssMiB)) / (most - least)),
    note: `${few.rssMiB.toFixed(0)} MiB at ${least}, ${many.rssMiB.toFixed(0)} at ${most}`,
  },
);
for (const what of Object.keys(millions.times).filter((name) => !/^the |^one /.test(name)))
  figures.push({
    id: 'rows',
    what: `${what}: 10M rows`,
    unit: 'ms',
    ours: millions.times[what] ?? 0,
    anchor: { name: '1,000 rows', value: thousand.times[what] ?? 0 },
    // A year and 30 days have more points to show once there are that many.
    ...(!/30 days|a year/.test(what) && { target: { op: '<=' as const, value: 3 } }),
    note: `${(middle.times[what] ?? 0).toFixed(2)} ms at 100,000`,
  });
figures.push(
  {
    id: 'rows',
    what: 'start to the first line: 10M rows of each',
    unit: 'ms',
    ours: millions.upMs,
    anchor: { name: '1,000 rows', value: thousand.upMs },
    target: { op: '<=', value: 2 },
  },
  {
    id: 'rows',
    what: 'memory: 10M rows of each',
    unit: 'MiB',
    ours: millions.rssMiB,
    anchor: { name: '1,000 rows', value: thousand.rssMiB },
    target: { op: '<=', value: 1.5 },
  },
  {
    id: 'rows',
    what: 'disk for a row of the log',
    unit: 'bytes',
    ours: millions.auditBytes / ROWS[2],
    note: `${(millions.auditBytes / 1e9).toFixed(2)} GB for 10M`,
  },
  {
    id: 'rows',
    what: 'disk for all samples of one server, a year of them',
    unit: 'KiB',
    ours: ((millions.sampleBytes / ROWS[2]) * SAMPLES_OF_A_SERVER) / 1_024,
    note: `${SAMPLES_OF_A_SERVER} rows, and no more after that`,
  },
);
/** A person notices when others wait for an answer of theirs: so long nothing else gets a turn. */
const TURN_MS = 50;
const listMs = many.times['the list of servers'] ?? 0;
const text = [
  `**What breaks first** is the list of one person who sees very many servers: it is answered in one piece, ${((1_000 * listMs) / most).toFixed(0)} µs for each, and with some ` +
    `${Math.round(((TURN_MS / listMs) * most) / 100) * 100} servers it keeps everybody else waiting for ${TURN_MS} ms. An installation has more servers than that long before, since people see their own.`,
  `**A server costs** what watching it costs (P18 in [performance](performance.md): 500 watched each minute), and ${(((millions.sampleBytes / ROWS[2]) * SAMPLES_OF_A_SERVER) / 1_048_576).toFixed(1)} MiB of disk after a year, ` +
    `which is then all of it: older samples are summed up and go. The log of what happened grows by ${(millions.auditBytes / ROWS[2]).toFixed(0)} bytes for each row until AUDIT_KEEP_DAYS.`,
];
process.stdout.write(`${machine()}\n\n${table(figures)}\n\n${text.join('\n\n')}\n`);
if (process.argv.includes('--save'))
  savePage('growth', {
    title: 'Growth',
    command: 'npm run bench:growth -- --save',
    at: new Date().toISOString(),
    machine: machine(),
    figures,
    text,
  });
process.exit(figures.some((figure) => holds(figure) === false) ? 1 : 0);
