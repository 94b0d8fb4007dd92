import { setTimeout as delay } from 'node:timers/promises';
import { buildBackend } from '../../deploy/toolbox.mjs';
import { runTraffic } from './traffic.ts';
import { startSoakWorld } from './zz-world.ts';
buildBackend();
const world = await startSoakWorld({ servers: 50, persons: 20 });
const ends = new AbortController();
const traffic = runTraffic({ api: `${world.backend.url}/api`, people: world.people, real: world.real, signal: ends.signal });
const minutes = Number(process.argv[2] ?? 9.5);
for (let t = 0; t < minutes * 6; t++) {
  await delay(10_000);
  if (t % 42 === 24) world.relay.block();
  if (t % 42 === 0) world.relay.restore();
}
ends.abort();
const { requests, failures, tasks, streams } = await traffic;
console.log({ requests, failures: failures.length, tasks, streams });
await world[Symbol.asyncDispose]();
process.exit(0);
