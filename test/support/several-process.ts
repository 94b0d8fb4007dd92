// One of several processes on one PostgreSQL, to be killed at any moment: node several-process.ts, with its configuration in the environment.
// Says {port}, then {works: true} when it works; starts a task that counts for {start: {serverId, mark, by}} and answers {started: id}.
import { beginOrStandBy } from '../../backend/src/begin.ts';
import { readConfig } from '../../backend/src/config.ts';
import { createWorld } from '../../backend/src/world.ts';
import { countingPlan } from '../tasks/counting-plan.ts';

interface Start {
  start: { serverId: string; mark: string; by: string };
}

const config = readConfig(process.env);
const { world } = await beginOrStandBy(config, () => createWorld(config, { morePlans: [countingPlan] }));
await world.begin();
process.send?.({ works: true });
process.on('message', ({ start: { serverId, mark, by } }: Start) => {
  void world.tasks.start({ serverId, type: countingPlan.type, input: { mark }, by }).then(
    (id) => process.send?.({ started: id }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
