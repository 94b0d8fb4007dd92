// The whole backend in a process of its own, to be killed at any moment: node backend-process.ts, with the configuration in its environment.
import { readConfig } from '../../backend/src/config.ts';
import { createWorld } from '../../backend/src/world.ts';

const world = await createWorld(readConfig(process.env));
await world.begin();
process.send?.('running');
setInterval(() => {}, 1_000);
