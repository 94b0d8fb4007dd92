// Loaded into the measured process (`node --import`): writes every 10 s what only it can see. SOAK_SAMPLES names the file.
// Every five minutes a full collection: what is alive is what counts, and not what V8 has not cleared away yet.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const COLLECT_EVERY = 30; // samples
let taken = 0;

const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
setInterval(() => {
  const worst = { p99Ms: loop.percentile(99) / 1e6, maxMs: loop.max / 1e6 };
  taken += 1;
  const collected = taken % COLLECT_EVERY === 0;
  if (collected) collect();
  const { heapUsed, external } = process.memoryUsage();
  const line = {
    ...worst,
    heapMiB: heapUsed / 1_048_576,
    ...(collected && { liveMiB: heapUsed / 1_048_576 }),
    externalMiB: external / 1_048_576,
  };
  appendFileSync(process.env.SOAK_SAMPLES, `${JSON.stringify(line)}\n`);
  loop.reset();
}, 10_000).unref();
