import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { runLoad } from './load.ts';
import { median, type Figure } from './report.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 5;
const SECONDS = 2;
const CONNECTIONS = 50;
const SERVERS = 20;

interface Variant {
  child: Child;
  path: string;
  headers: Record<string, string>;
}

/** P1, P2 and P4: CPU per request of the whole server process, ours against the floor and against bare Express, interleaved. */
export async function httpFigures(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'clawmoor-bench-'));
  await using ours = await startChild([join(ROOT, 'backend/dist/main.mjs')], { PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
  const token = await prepare(ours.url);
  const bearer = { authorization: `Bearer ${token}` };
  const floorSecret = 'a secret of the floor alone';
  await using floor = await startChild([join(ROOT, 'bench/anchors/floor.mjs'), join(dataDir, 'clawmoor.db'), '1', floorSecret]);
  await using express = await startChild([join(ROOT, 'bench/anchors/express.mjs')]);
  const { default: jwt } = await import('jsonwebtoken');
  const floorToken = jwt.sign({ sub: '1' }, floorSecret, { expiresIn: 600 });
  const variants: Record<string, Variant> = {
    list: { child: ours, path: '/api/servers', headers: bearer },
    floor: { child: floor, path: '/', headers: { authorization: `Bearer ${floorToken}` } },
    me: { child: ours, path: '/api/me', headers: bearer },
    express: { child: express, path: '/', headers: {} },
  };
  const cpu: Record<string, number[]> = {};
  const slowest: Record<string, number[]> = {};
  for (const variant of Object.values(variants)) await measure(variant, 1); // warms V8 up
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, variant] of Object.entries(variants)) {
      const { micros, p99Ms } = await measure(variant, SECONDS);
      (cpu[name] ??= []).push(micros);
      (slowest[name] ??= []).push(p99Ms);
    }
  }
  await rm(dataDir, { recursive: true, force: true });
  const of = (name: string): number => median(cpu[name] ?? []);
  const bytes = `${SERVERS} servers, ${CONNECTIONS} connections`;
  return [
    {
      id: 'P1',
      what: `GET /servers, signed in (${bytes})`,
      unit: 'µs CPU',
      ours: of('list'),
      anchor: { name: 'node:http + HMAC + the same SQL', value: of('floor') },
      ratio: of('floor') / of('list'),
      target: { op: '>=', value: 0.65 },
    },
    {
      id: 'P2',
      what: 'GET /me, signed in, from the token cache',
      unit: 'µs CPU',
      ours: of('me'),
      anchor: { name: 'Express, one route', value: of('express') },
      ratio: of('express') / of('me'),
      target: { op: '>=', value: 0.6 },
    },
    {
      id: 'P4',
      what: `GET /servers: the slowest of 100 (${bytes}), none failed`,
      unit: 'ms',
      ours: median(slowest['list'] ?? []),
      anchor: { name: 'node:http + HMAC + the same SQL', value: median(slowest['floor'] ?? []) },
      target: { op: '<=', value: 1.5 },
    },
  ];
}

async function measure({ child, path, headers }: Variant, seconds: number): Promise<{ micros: number; p99Ms: number }> {
  const before = child.usage().cpuSeconds;
  const { requests, failures, p99Ms } = await runLoad({ port: child.port, path, headers, connections: CONNECTIONS, seconds });
  if (failures > 0) throw new Error(`${failures} of ${requests} requests to ${path} failed`);
  return { micros: ((child.usage().cpuSeconds - before) / requests) * 1e6, p99Ms };
}

/** Signs in to the trial and adds servers, until there are as many as the target speaks of. */
async function prepare(url: string): Promise<string> {
  const post = async (path: string, body: object, token?: string) => {
    const response = await fetch(`${url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  };
  const { token } = (await post('/auth/trial', {})) as { token: string };
  for (let index = 1; index < SERVERS; index++) {
    await post(
      '/servers',
      { name: `Server ${index}`, host: `198-51-100-${index}.example`, username: 'root', authMethod: 'password', password: 'not used' },
      token,
    );
  }
  return token;
}
