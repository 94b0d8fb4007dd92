// npm run soak: hours in small. 50 servers, 20 people, streams, tasks and alerts against the backend as it is deployed; is anything left behind?
// `npm run soak -- --minutes 60`; `--save` writes docs/reference/soak.md. Ends by itself; exit 1 when something grew or failed.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { buildBackend } from '../../deploy/toolbox.mjs';
import { holds, machine, table, type Figure } from '../report.ts';
import { savePage } from '../save.ts';
import { slopeOf } from './slope.ts';
import { runTraffic } from './traffic.ts';
import { startSoakWorld } from './world.ts';

const EVERY_SECONDS = 10;
// As bench/anchors/inside.mjs does it.
const COLLECT_EVERY_SECONDS = 300;
// Caches fill, connections are made, V8 finds its size.
const WARM_SHARE = 0.3;
const words = process.argv.slice(2);
const minutes = words.includes('--minutes') ? Number(words[words.indexOf('--minutes') + 1]) : 30;
// Below that nothing has been collected often enough to be compared.
if (!(minutes >= 25 && minutes <= 600)) throw new Error('--minutes takes a number from 25 to 600');

buildBackend();
const world = await startSoakWorld({ servers: 50, persons: 20 });
const pid = world.backend.process.pid ?? 0;
const rss: number[] = [];
const files: number[] = [];
const ends = new AbortController();
const traffic = runTraffic({ api: `${world.backend.url}/api`, people: world.people, real: world.real, signal: ends.signal });
const cpuBefore = world.backend.usage().cpuSeconds;
for (let tick = 0; tick < (minutes * 60) / EVERY_SECONDS; tick++) {
  await delay(EVERY_SECONDS * 1_000);
  rss.push(world.backend.usage().rssMiB);
  files.push(readdirSync(`/proc/${pid}/fd`).length);
  // Four minutes there, three away: an incident opens and ends, again and again.
  if (tick % 42 === 24) world.relay.block();
  if (tick % 42 === 0) world.relay.restore();
}
ends.abort();
const { requests, failures, tasks, streams } = await traffic;
const cpu = (100 * (world.backend.usage().cpuSeconds - cpuBefore)) / (minutes * 60);
const inside = readFileSync(world.samples, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { p99Ms: number; maxMs: number; liveMiB?: number });
const messages = world.bot.of('sendMessage').length;
await world[Symbol.asyncDispose]();

const warm = <T>(list: readonly T[]): T[] => list.slice(Math.floor(list.length * WARM_SHARE));
/** What is within twice its error cannot be told from none; beyond that it may grow by 5 % an hour. */
const flat = (what: string, samples: readonly number[], unit: string, everySeconds = EVERY_SECONDS): Figure => {
  const { perHour, error, mean } = slopeOf(warm(samples), everySeconds);
  const certain = Math.max(0, perHour - 2 * error);
  const note = `mean ${mean.toFixed(1)} ${unit}, slope ${perHour.toFixed(2)} ± ${(2 * error).toFixed(2)} ${unit} an hour`;
  return {
    id: 'soak',
    what: `${what}: growth that is certain`,
    unit: '% an hour',
    ours: (100 * certain) / mean,
    target: { op: '<=', value: 5 },
    note,
  };
};
const figures: Figure[] = [
  flat('memory', rss, 'MiB'),
  flat(
    'what is alive in the JavaScript heap',
    inside.flatMap(({ liveMiB }) => liveMiB ?? []),
    'MiB',
    COLLECT_EVERY_SECONDS,
  ),
  flat('open files and sockets', files, ''),
  {
    id: 'soak',
    what: 'event loop, p99 of the worst 10 s',
    unit: 'ms',
    ours: Math.max(...warm(inside).map(({ p99Ms }) => p99Ms)),
    target: { op: '<=', value: 50 },
    note: `longest ${Math.max(...warm(inside).map(({ maxMs }) => maxMs)).toFixed(0)} ms`,
  },
  { id: 'soak', what: 'answers and streams that failed', unit: '', ours: failures.length, target: { op: '<=', value: 0 } },
  {
    id: 'soak',
    what: 'processor',
    unit: '% of a core',
    ours: cpu,
    note: `${requests} requests, ${streams} streams, ${tasks} tasks, ${messages} messages in ${minutes} min`,
  },
];
for (const failure of failures.slice(0, 10)) process.stdout.write(`failed: ${failure}\n`);
process.stdout.write(`${machine()}\n\n${table(figures)}\n`);
if (words.includes('--save'))
  savePage('soak', {
    title: 'Soak',
    command: `npm run soak -- --minutes ${minutes} --save`,
    at: new Date().toISOString(),
    machine: machine(),
    figures,
  });
process.exit(figures.some((figure) => holds(figure) === false) ? 1 : 0);
