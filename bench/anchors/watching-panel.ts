// One process that watches the servers of `watched-servers.mjs`: `node watching-panel.ts <file with ports> <seconds>`. Prints what it cost.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { describeHostKey } from '../../backend/src/adapters/ssh/host-key.ts';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import { startWorld } from '../../test/support/world.ts';

const [file = '', seconds = '0'] = process.argv.slice(2);
const groups = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; ports: number[]; hostKey: string }[];
const PER_PERSON = 20;
// Once everybody was looked at, some gateways die, one after the other: time is left for two looks at each.
const DEATHS = { first: 62_000, every: 500, count: 20 };

await using test = await startWorld({ env: { MONITOR_SECONDS: '60', LOG_LEVEL: 'silent' }, begin: false });
const { world } = test;
const { privateKey } = generateKeyPair();
const ids = new Map<number, string>();
let person = 0;
let added = 0;
let userId = '';
for (const { ports, hostKey } of groups) {
  const pin = describeHostKey(Buffer.from(hostKey, 'base64'));
  for (const port of ports) {
    if (added++ % PER_PERSON === 0) userId = (await test.person(1_000 + person++)).id;
    const caller = { userId, firstName: 'P', sessionId: 's', isSuperAdmin: false };
    const body = { name: `server ${added}`, host: '127.0.0.1', port, username: 'root', authMethod: 'key', privateKey, tags: [] } as const;
    const { id } = await world.servers.add(caller, { ...body, tags: [] });
    ids.set(port, id);
    await world.db
      .insertInto('host_key')
      .values({ server_id: id, hop: 'server', standing: 'pinned', ...pin, at: 1, by_user: userId })
      .execute();
  }
}

const loop = monitorEventLoopDelay({ resolution: 5 });
let rss = 0;
let latestMs = 0;
await world.begin();
loop.enable();
const cpu = process.cpuUsage();
const diedAt = new Map<string, number>();
const dying = letDie();
for (const end = performance.now() + Number(seconds) * 1000; performance.now() < end;) {
  await delay(1_000);
  rss = Math.max(rss, process.memoryUsage.rss());
  latestMs = Math.max(latestMs, world.watching.monitor.standing().longestMs);
}
loop.disable();
await dying;
const used = process.cpuUsage(cpu);
const { looks, failed, servers } = world.watching.monitor.standing();
const rows = await world.db
  .selectFrom('sample')
  .select(({ fn }) => fn.countAll<number>().as('count'))
  .executeTakeFirstOrThrow();
const down = await world.db.selectFrom('incident').select(['server_id', 'opened_at']).where('kind', '=', 'gateway_down').execute();
const seenAfterMs = [...diedAt].map(
  ([id, at]) => (down.find(({ server_id }) => server_id === id)?.opened_at ?? Number.POSITIVE_INFINITY) - at,
);
process.stdout.write(
  `${JSON.stringify({
    servers,
    looks,
    failed,
    samples: Number(rows.count),
    p99Ms: loop.percentile(99) / 1e6,
    maxMs: loop.max / 1e6,
    rssMiB: rss / 1_048_576,
    latestMs,
    died: diedAt.size,
    falseAlarms: down.filter(({ server_id }) => !diedAt.has(server_id ?? '')).length,
    // `null` where one was never seen.
    seenAfterMs: Math.max(...seenAfterMs),
    cpuPercent: (used.user + used.system) / 1e4 / Number(seconds),
  })}\n`,
);

async function letDie(): Promise<void> {
  await delay(DEATHS.first);
  for (let at = 0; at < DEATHS.count; at++) {
    const { pid = 0, ports = [] } = groups[at % groups.length] ?? {};
    const id = ids.get(ports[Math.floor(at / groups.length)] ?? 0) ?? '';
    process.kill(pid, 'SIGUSR2');
    diedAt.set(id, Date.now());
    await delay(DEATHS.every);
  }
}

setImmediate(() => process.exit(0)); // gateways and pools are closed; nothing of a bench is worth waiting for
