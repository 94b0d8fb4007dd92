// Loaded into the measured process (`node --import`): writes every 10 s what only it can see. SOAK_SAMPLES names the file.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
setInterval(() => {
  const { heapUsed, external } = process.memoryUsage();
  const line = {
    p99Ms: loop.percentile(99) / 1e6,
    maxMs: loop.max / 1e6,
    heapMiB: heapUsed / 1_048_576,
    externalMiB: external / 1_048_576,
  };
  appendFileSync(process.env.SOAK_SAMPLES, `${JSON.stringify(line)}\n`);
  loop.reset();
}, 10_000).unref();
