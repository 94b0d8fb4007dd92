import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFront, exchangeFront, frontOf, serverOf } from './app.ts';
import type { Config } from './config.ts';
import type { World } from './world.ts';
import { addressOf, createStandby, mayStandBy } from './world/stand-by.ts';

export interface Begun {
  world: World;
  server: Server;
  port: number;
}

/**
 * Builds the world and listens; where another process works with the database and both have a PEER_ADDRESS, listens at once,
 * passes requests on, and builds the world when the other has ended. Nothing runs until `world.begin`.
 */
export async function beginOrStandBy(config: Config, makeWorld: () => Promise<World>): Promise<Begun> {
  let begun: Begun;
  try {
    const world = await makeWorld();
    const server = createFront(world);
    begun = { world, server, port: await listen(server, config.port, config.host) };
  } catch (error) {
    if (!mayStandBy(config, error)) throw error;
    begun = await standBy(config, makeWorld);
  }
  const { world, port } = begun;
  world.ownPorts.push(port);
  if (config.peerAddress !== undefined) await world.sayWhereItWorks(addressOf(config.peerAddress, port));
  return begun;
}

async function standBy(config: Config, makeWorld: () => Promise<World>): Promise<Begun> {
  const standby = await createStandby(config);
  const server = serverOf(standby);
  const port = await listen(server, config.port, config.host);
  process.stdout.write(`Clawmoor stands by on port ${port}: another process works with the database.\n`);
  const world = await standby.takeOver(makeWorld);
  const front = frontOf(world);
  exchangeFront(server, front);
  standby.answerHere(front);
  await standby.close();
  return { world, server, port };
}

export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port; // a TCP server's address is an object
}
