// Opens a connection of our pool to each server of `watched-servers.mjs`: `node many-connections.ts <its line>`. Prints what that cost as JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { describeHostKey } from '../../backend/src/adapters/ssh/host-key.ts';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import { createPool } from '../../backend/src/adapters/ssh/pool.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import { dial } from '../../test/ssh/world.ts';

const { ports, hostKey } = JSON.parse(process.argv[2] ?? '{}') as { ports: number[]; hostKey: string };
const { privateKey } = generateKeyPair();
const pin = describeHostKey(Buffer.from(hostKey, 'base64'));
const target = (port: number) => ({ host: '127.0.0.1', port, username: 'root', auth: { privateKey }, pin });
const pool = createPool({ targetOf: async (id) => target(Number(id)), dial });
const [first, ...others] = ports;
// What the first one loads is not a connection's.
await pool.with(String(first), (host) => host.run(sh`true`));
await delay(500);
const rss = process.memoryUsage.rss();
const loop = monitorEventLoopDelay({ resolution: 2 });
loop.enable();
const startedAt = performance.now();
const outcomes = await Promise.allSettled(others.map((port) => pool.with(String(port), (host) => host.run(sh`true`))));
const ms = performance.now() - startedAt;
loop.disable();
const failed = outcomes.filter(({ status }) => status === 'rejected').length;
const kib = (process.memoryUsage.rss() - rss) / 1_024 / others.length;
process.stdout.write(`${JSON.stringify({ ms, failed, p99Ms: loop.percentile(99) / 1e6, maxMs: loop.max / 1e6, kib })}\n`);
process.exit(0);
