import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFront } from './app.ts';
import { ConfigInvalid, readConfig } from './config.ts';
import { createWorld, type World } from './world.ts';

const DRAIN_WITHIN_MS = 20_000;
const CRASH_DRAIN_WITHIN_MS = 5_000;

const refuse = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

async function start(): Promise<void> {
  const config = readConfig(process.env);
  if (process.argv.includes('--check-config')) return void process.stdout.write('The configuration is usable.\n');
  const world = await createWorld(config);
  const server = createFront(world);
  const port = await listen(server, config.port, config.host);
  world.ownPorts.push(port);
  const servers = [server];
  if (config.trial && config.dashboardOrigin === undefined) servers.push(await openDashboards(world, port + 1));
  // A rehearsal is a new version on a copy of the data: it must show that it can serve, and must not do its work a second time.
  if (!process.argv.includes('--rehearse')) await world.begin();
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  process.stdout.write(
    `Clawmoor is ready: ${config.domain === undefined ? `http://${host}:${port}` : `https://${config.domain} (listening on ${host}:${port})`}\n`,
  );
  // The trial has no bot on purpose, and promises one line.
  if (!config.trial) process.stdout.write(`${world.told.inWords}\n`);
  stopPolitely(world, servers);
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port; // a TCP server's address is an object
}

/** The trial's second port: the one beside the first, or any that is free. */
async function openDashboards(world: World, wanted: number): Promise<Server> {
  const server = createFront(world, { only: 'dashboards' });
  const port = await listen(server, wanted, '127.0.0.1').catch(() => listen(server, 0, '127.0.0.1'));
  world.ownPorts.push(port);
  world.openDashboardsAt(port);
  return server;
}

function stopPolitely(world: World, servers: readonly Server[]): void {
  let stopping = false;
  const stop = async (exitCode: number, withinMs: number): Promise<void> => {
    if (stopping) process.exit(exitCode || 130);
    stopping = true;
    setTimeout(() => process.exit(exitCode), withinMs).unref();
    world.stopping.abort();
    for (const server of servers) {
      server.close();
      server.closeIdleConnections();
    }
    await world[Symbol.asyncDispose]().catch((error: unknown) => world.log.error({ err: error }, 'stopping failed'));
    process.exit(exitCode);
  };
  const crash = (error: unknown): void => {
    world.log.fatal({ err: error }, 'unexpected failure; stopping');
    void stop(1, CRASH_DRAIN_WITHIN_MS);
  };
  process.on('SIGTERM', () => void stop(0, DRAIN_WITHIN_MS));
  process.on('SIGINT', () => void stop(0, DRAIN_WITHIN_MS));
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

start().catch((error: unknown) => {
  if (
    error instanceof ConfigInvalid ||
    (error instanceof Error && ['MigrationRefused', 'WrongKey', 'DataFolderRefused'].includes(error.name))
  )
    return refuse(error.message);
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE')
    return refuse(`Port ${process.env['PORT'] || 3000} is taken by another program. Choose another: PORT=3001 npm start`);
  if (code === 'EACCES') return refuse(`This user may not listen on port ${process.env['PORT'] || 3000} or write to the data folder.`);
  return refuse(error instanceof Error ? (error.stack ?? error.message) : String(error));
});
