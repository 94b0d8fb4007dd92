import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseChild } from './ingest/parse-child.ts';

const DRAIN_WITHIN_MS = 10_000;
const GIVE_UP_MS = 600_000;

const [command, ...words] = process.argv.slice(2);
if (command === 'parse') await parseChild(words);
else if (command === 'token') await newAdminToken(words);
else if (command === 'serve') await serve(words);
else {
  process.stderr.write('usage: ragd serve --data FOLDER [--socket PATH] [--listen 127.0.0.1:PORT] | ragd token --data FOLDER\n');
  process.exitCode = 2;
}

async function newAdminToken(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { data: { type: 'string', default: './data' } } });
  const { issueToken } = await import('./tokens.ts');
  process.stdout.write(`${issueToken(join(values.data, 'admin.sha256'))}\n`);
}

async function serve(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string', default: './data' }, socket: { type: 'string' }, listen: { type: 'string' } },
  });
  process.umask(0o077);
  mkdirSync(values.data, { recursive: true, mode: 0o700 });
  const [{ createAgents }, { startWorker }, { createService }] = await Promise.all([
    import('./agents.ts'),
    import('./worker.ts'),
    import('./http.ts'),
  ]);
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const stopping = new AbortController();
  const agents = createAgents(values.data);
  for (const id of agents.list()) agents.get(id).sweepBlobs();
  const worker = startWorker({ agents, giveUpMs: Number(process.env['RAGD_GIVE_UP_MS'] ?? GIVE_UP_MS), log });
  const port = values.listen === undefined ? undefined : loopbackPort(values.listen);
  const socket = values.socket ?? (port === undefined ? join(values.data, 'ragd.sock') : undefined);
  const servers = [socket, port]
    .filter((place) => place !== undefined)
    .map((place) => {
      const server = createService({ agents, worker, dataFolder: values.data, signal: stopping.signal, log });
      if (typeof place === 'string') rmSync(place, { force: true }); // left by a kill
      server.once('error', (error) => fail(error.message));
      server.listen(typeof place === 'string' ? { path: place } : { host: '127.0.0.1', port: place }, () => {
        if (typeof place === 'string') chmodSync(place, 0o600);
        const address = server.address();
        log(`ragd listens on ${typeof address === 'string' ? address : `http://127.0.0.1:${address?.port}`}`);
      });
      return server;
    });
  process.once('SIGTERM', () => {
    setTimeout(() => process.exit(0), DRAIN_WITHIN_MS).unref();
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const server of servers) server.closeIdleConnections();
    stopping.abort();
    void Promise.all([worker.stop(), ...closed]).then(() => {
      agents.close();
      process.exit(0);
    });
  });
}

function loopbackPort(listen: string): number {
  const port = /^127\.0\.0\.1:(\d{1,5})$/.exec(listen)?.[1];
  return port === undefined ? fail('--listen takes 127.0.0.1:PORT; no other address is served') : Number(port);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
