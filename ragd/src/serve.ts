import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createAgents, type Agents } from './agents.ts';
import { createAskModel } from './embed/ask-model.ts';
import { createService } from './http/service.ts';
import { tryLock } from './store/database.ts';
import { startWorker } from './worker.ts';

const DRAIN_WITHIN_MS = 10_000;
/** An embedding server that is away for ten minutes is not only restarting. */
const GIVE_UP_MS = 600_000;

/** Runs the service until SIGTERM. */
export async function serve({ data, socket, listen }: { data: string; socket?: string; listen?: string }): Promise<void> {
  process.umask(0o077);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const port = listen === undefined ? undefined : loopbackPort(listen);
  const places = [socket ?? (port === undefined ? join(data, 'ragd.sock') : undefined), port].filter((place) => place !== undefined);
  holdAlone(data);
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const stopping = new AbortController();
  const agents = createAgents(data);
  tidy(agents, log);
  const worker = startWorker({ agents, giveUpMs: Number(process.env['RAGD_GIVE_UP_MS'] ?? GIVE_UP_MS), log });
  const world = { agents, worker, ask: createAskModel(), dataFolder: data, startedAt: new Date(), signal: stopping.signal, log };
  const servers = places.map((place) => {
    const server = createService(world);
    if (typeof place === 'string') rmSync(place, { force: true }); // left by a kill
    server.once('error', (error) => fail(error.message));
    server.listen(typeof place === 'string' ? { path: place } : { host: '127.0.0.1', port: place }, () => {
      if (typeof place === 'string') chmodSync(place, 0o600);
      const address = server.address();
      process.stdout.write(`ragd listens on ${typeof address === 'string' ? address : `http://127.0.0.1:${address?.port}`}\n`);
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

/** What a kill left: drafts of uploads, unread originals of replaced documents; and what the embedding server missed may go on. */
function tidy(agents: Agents, log: (line: string) => void): void {
  agents.sweep();
  for (const id of agents.list()) {
    try {
      const { sweepBlobs, files } = agents.get(id);
      sweepBlobs({ drafts: true });
      files.retryUnavailable();
    } catch (error) {
      log(`${id}: ${(error as Error).message}`); // one broken database does not keep the others from answering
    }
  }
}

/** Two services in one folder would do each other's work twice. The lock is the kernel's, and ends with the process however that ends. */
function holdAlone(folder: string): void {
  const lock = tryLock(join(folder, 'service.lock'));
  if (!lock) fail(`another ragd serves ${folder}`);
  process.once('exit', () => lock.close());
}

function loopbackPort(listen: string): number {
  const port = /^127\.0\.0\.1:(\d{1,5})$/.exec(listen)?.[1];
  return port === undefined ? fail('--listen takes 127.0.0.1:PORT; no other address is served') : Number(port);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
