// One process that holds gateway sockets: `node gateway-sockets.ts <file with the SSH target> <servers> <seconds>`. Prints what it cost.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createGateways } from '../../backend/src/adapters/openclaw/gateways.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import type { SshTarget } from '../../backend/src/lib/host.ts';
import { poolTo } from '../../test/ssh/world.ts';

const [file = '', servers = '0', seconds = '0'] = process.argv.slice(2);
const target = JSON.parse(readFileSync(file, 'utf8')) as SshTarget;
const ids = Array.from({ length: Number(servers) }, (_, index) => `server ${index}`);
const EVERY_MS = 1_000;

await using hosts = poolTo(target);
await using gateways = createGateways({ hosts, clock: systemClock, log: pino({ level: 'silent' }) });
const ask = (id: string): Promise<unknown> => gateways.request(id, { method: 'agents.list', as: 'viewer' });
const rssMiB = (): number => process.memoryUsage.rss() / 1_048_576;

const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
await Promise.all(ids.map(ask));
const connecting = loop.percentile(99) / 1e6;
loop.reset();
let most = rssMiB();
let failed = 0;
let calls = 0;
// Each server is asked once a second, not all in the same moment.
const over = AbortSignal.timeout(Number(seconds) * 1000);
await Promise.all(
  ids.map(async (id, index) => {
    await delay((EVERY_MS / ids.length) * index);
    while (!over.aborted) {
      calls += 1;
      await ask(id).catch(() => (failed += 1));
      most = Math.max(most, rssMiB());
      await delay(EVERY_MS);
    }
  }),
);
loop.disable();
process.stdout.write(
  `${JSON.stringify({
    open: gateways.open(),
    calls,
    failed,
    rssMiB: most,
    p99Ms: loop.percentile(99) / 1e6,
    connectingP99Ms: connecting,
    maxMs: loop.max / 1e6,
  })}\n`,
);
setImmediate(() => process.exit(0)); // nothing of a bench is worth waiting for
