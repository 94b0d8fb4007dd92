// node bench/several.ts: reads that three processes on one PostgreSQL answer, beside those that one answers. On its own: it needs PostgreSQL's programs.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildBackend } from '../deploy/toolbox.mjs';
import { startPostgres } from '../test/support/postgres.ts';
import { freePort } from '../test/support/sshd.ts';
import { productionEnvironment, signInitData } from '../test/support/world.ts';
import { usageOf } from './child.ts';
import { runLoad } from './load.ts';
import { machine, median } from './report.ts';

const ROUNDS = 5;
const SECONDS = 2;
const CONNECTIONS = 48;
const SERVERS = 20;
const UP_WITHIN_MS = 60_000;

interface Member {
  child: ChildProcess;
  port: number;
}

interface Measured {
  perSecond: number;
  p99Ms: number;
  /** Microseconds of CPU for each request: of the process that works, of those that stand by together, of what asks. */
  worker: number;
  standbys: number;
  load: number;
}

async function add(dir: string, databaseUrl: string): Promise<Member> {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    ...productionEnvironment,
    DATA_DIR: join(dir, String(port)),
    DATABASE_URL: databaseUrl,
    PEER_ADDRESS: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../backend/dist/main.mjs')], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (const limit = AbortSignal.timeout(UP_WITHIN_MS); !(await isUp()); await wait(50)) {
    if (child.exitCode !== null) throw new Error(`A process ended with ${child.exitCode}`);
    limit.throwIfAborted();
  }
  return { child, port };
}

/** Signs in and adds servers; answers the token. */
async function prepare({ port }: Member): Promise<string> {
  const post = async (path: string, body: object, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`http://127.0.0.1:${port}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { token: string };
  };
  const { token } = await post('/auth/telegram', { initData: signInitData({ user: JSON.stringify({ id: 1, first_name: 'Olga' }) }) });
  for (let index = 0; index < SERVERS; index++)
    await post(
      '/servers',
      { name: `Server ${index}`, host: `10.0.0.${index + 1}`, username: 'root', authMethod: 'password', password: 'not used' },
      token,
    );
  return token;
}

async function measure(members: readonly Member[], path: string, token: string, seconds: number): Promise<Measured> {
  const cpu = (): number[] => members.map(({ child }) => usageOf(child.pid ?? 0).cpuSeconds);
  const before = cpu();
  const own = process.cpuUsage();
  const load = { path, headers: { authorization: `Bearer ${token}` }, connections: CONNECTIONS / members.length, seconds };
  const answers = await Promise.all(members.map(({ port }) => runLoad({ ...load, port })));
  const { user, system } = process.cpuUsage(own);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const failures = sum(answers.map((answer) => answer.failures));
  const requests = sum(answers.map((answer) => answer.requests));
  if (failures > 0) throw new Error(`${failures} of ${requests} requests to ${path} failed`);
  const [worker = 0, ...standbys] = cpu().map((after, at) => ((after - (before[at] ?? 0)) / requests) * 1e6);
  const perSecond = sum(answers.map((answer) => answer.perSecond));
  return {
    perSecond,
    p99Ms: Math.max(...answers.map(({ p99Ms }) => p99Ms)),
    worker,
    standbys: sum(standbys),
    load: (user + system) / requests,
  };
}

buildBackend();
const postgres = await startPostgres();
const dir = await mkdtemp(join(tmpdir(), 'clawmoor-bench-several-'));
const members: Member[] = [];
try {
  const url = await postgres.create('several');
  for (let index = 0; index < 3; index++) members.push(await add(dir, url));
  const [first] = members;
  if (!first) throw new Error('Nobody works');
  const token = await prepare(first);
  const ways: Record<string, Member[]> = { 'one asked': [first], 'three asked': members };
  process.stdout.write(`${machine()}, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s\n\n`);
  process.stdout.write(
    '| read | processes | a second | p99 | µs CPU: works | stand by | load generator |\n|---|---|---|---|---|---|---|\n',
  );
  for (const path of ['/api/me', '/api/servers']) {
    const seen: Record<string, Measured[]> = {};
    for (const way of Object.values(ways)) await measure(way, path, token, 1); // warms V8 up
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, way] of Object.entries(ways)) (seen[name] ??= []).push(await measure(way, path, token, SECONDS));
    for (const [name, all] of Object.entries(seen)) {
      const of = (key: keyof Measured): string => String(Math.round(median(all.map((one) => one[key]))));
      const row = [path, name, of('perSecond'), `${of('p99Ms')} ms`, of('worker'), of('standbys'), of('load')];
      process.stdout.write(`| ${row.join(' | ')} |\n`);
    }
  }
  process.stdout.write(`\nload of the machine: ${loadavg()[0]?.toFixed(1)}\n`);
} finally {
  for (const { child } of members) {
    const ended = child.exitCode === null && new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
