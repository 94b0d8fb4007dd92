// The whole backend, looking at every server as often as it can, to be killed at any moment: its configuration is in its environment.
import { readConfig } from '../../backend/src/config.ts';
import { createWorld } from '../../backend/src/world.ts';

const pace = { chatGapMs: 5, gapMs: 1, againAfterMs: { first: 20, most: 100 }, lookEveryMs: 100, pingsPerMinute: 1_000 };
const world = await createWorld(readConfig(process.env), { pace });
await world.begin();
const servers = (await world.db.selectFrom('server').select('id').execute()).map(({ id }) => id);
let over = false;
process.once('SIGTERM', () => (over = true));
process.send?.('running');
while (!over) {
  await Promise.all(servers.map((id) => world.watching.monitor.lookNow(id)));
  process.send?.('looked');
}
await world.watching.incidents.teller.ring();
await world[Symbol.asyncDispose]();
process.disconnect();
