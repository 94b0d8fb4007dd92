import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { createGateways } from '../backend/src/adapters/openclaw/gateways.ts';
import { openSocket } from '../backend/src/adapters/openclaw/socket.ts';
import { systemClock } from '../backend/src/lib/clock.ts';
import { poolTo } from '../test/ssh/world.ts';
import { startModelServer } from '../test/support/model-server.ts';
import { startOpenclaw } from '../test/support/openclaw.ts';
import { startSshd, type TestSshd } from '../test/support/sshd.ts';
import { median, type Figure } from './report.ts';
import { opensshTo, timed } from './ssh.ts';

const run = promisify(execFile);
const ROUNDS = 5;
const CALLS_PER_ROUND = 40;
const SERVERS = 50;
const ALONE_SECONDS = 10;
const HELD_SECONDS = 40; // longer than the gateway's tick of 30 s

/** P13: the same call of the gateway over our tunnel, on loopback, and through OpenClaw's CLI over SSH; and what many sockets cost. */
export async function gatewayFigures(): Promise<Figure[]> {
  await using sshd = await startSshd();
  await using model = await startModelServer();
  await using openclaw = await startOpenclaw({ home: sshd.home, modelPort: model.port });
  await openclaw.start();
  const words = await opensshTo(sshd);
  await using hosts = poolTo(sshd.target);
  await using gateways = createGateways({ hosts, clock: systemClock, log: pino({ level: 'silent' }) });
  const local = await openSocket({
    stream: connect(openclaw.port, '127.0.0.1'),
    port: openclaw.port,
    token: openclaw.token,
    scopes: ['operator.read'],
  });
  const tunnelled = (): Promise<unknown> => gateways.request('x', { method: 'agents.list', as: 'viewer' });
  await tunnelled();
  const times = { tunnel: [] as number[], loopback: [] as number[], cli: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (let call = 0; call < CALLS_PER_ROUND; call++) {
      times.tunnel.push(await timed(tunnelled));
      times.loopback.push(await timed(() => local.request('agents.list')));
    }
    times.cli.push(await timed(() => run('ssh', [...words, openclaw.command('gateway call agents.list --json')], { timeout: 60_000 })));
  }
  local.close();
  const tunnel = median(times.tunnel);
  const held = await socketFigures(sshd);
  return [
    {
      id: 'P13',
      what: 'agents.list over the tunnel',
      unit: 'ms',
      ours: tunnel,
      anchor: { name: 'openclaw CLI over SSH', value: median(times.cli) },
      ratio: median(times.cli) / tunnel,
      target: { op: '>=', value: 100 },
      note: 'times faster',
    },
    {
      id: 'P13',
      what: 'the same, against loopback',
      unit: 'ms',
      ours: tunnel,
      anchor: { name: 'WebSocket on loopback', value: median(times.loopback) },
      target: { op: '<=', value: 3 },
    },
    ...held,
  ];
}

interface Held {
  open: number;
  calls: number;
  failed: number;
  rssMiB: number;
  p99Ms: number;
  connectingP99Ms: number;
  maxMs: number;
}

/**
 * One process with a socket to each of 50 servers, each through an SSH connection of its own. Behind them is one sshd and one real gateway:
 * 50 of those would need 50 GB; the process that is measured cannot tell.
 */
async function socketFigures(sshd: TestSshd): Promise<Figure[]> {
  const file = join(sshd.dir, 'target.json');
  await writeFile(file, JSON.stringify(sshd.target), { mode: 0o600 });
  const hold = async (servers: number, seconds: number): Promise<Held> => {
    const words = [join(import.meta.dirname, 'anchors/gateway-sockets.ts'), file, String(servers), String(seconds)];
    const { stdout } = await run(process.execPath, words, { timeout: (seconds + 120) * 1000 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Held; // printed by our own script
  };
  const [one, held] = [await hold(1, ALONE_SECONDS), await hold(SERVERS, HELD_SECONDS)];
  const what = `${SERVERS} servers' sockets in one process (one real gateway behind all), each called once a second`;
  return [
    {
      id: 'P13',
      what: `${what}: memory of each`,
      unit: 'MiB',
      ours: (held.rssMiB - one.rssMiB) / (SERVERS - 1),
      target: { op: '<=', value: 15 },
      note: `with one socket the process has ${one.rssMiB.toFixed(0)} MiB, with all ${held.rssMiB.toFixed(0)}`,
    },
    {
      id: 'P13',
      what: `${what}: event loop, p99`,
      unit: 'ms',
      ours: held.p99Ms,
      target: { op: '<=', value: 20 },
      note: `the longest ${held.maxMs.toFixed(0)} ms; while all connect at once ${held.connectingP99Ms.toFixed(0)} ms`,
    },
    {
      id: 'P13',
      what: `${what}: calls that failed, sockets missing`,
      unit: '',
      ours: held.failed + (SERVERS - held.open),
      target: { op: '<=', value: 0 },
      note: `${held.calls} calls`,
    },
  ];
}
