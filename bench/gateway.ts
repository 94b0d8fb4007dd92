import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { createGateways } from '../backend/src/adapters/openclaw/gateways.ts';
import { openSocket } from '../backend/src/adapters/openclaw/socket.ts';
import { systemClock } from '../backend/src/lib/clock.ts';
import { poolTo } from '../test/ssh/world.ts';
import { startModelServer } from '../test/support/model-server.ts';
import { startOpenclaw } from '../test/support/openclaw.ts';
import { startSshd } from '../test/support/sshd.ts';
import { median, type Figure } from './report.ts';
import { opensshTo, timed } from './ssh.ts';

const run = promisify(execFile);
const ROUNDS = 5;
const CALLS_PER_ROUND = 40;

/** P13: the same call of the gateway over our tunnel, on loopback, and through OpenClaw's CLI over SSH. */
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
  ];
}
