// A process that has much to tell, for a test that kills it: `node killed-telling.ts <database file>`. Each line is a notice that was handed on.
import { pino } from 'pino';
import { openTestStore } from './store.ts';
import { createIncidents } from '../../backend/src/features/incidents/incidents.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { randomId } from '../../backend/src/lib/id.ts';
import { DEFAULT_RULES } from '../../backend/src/lib/watch-settings.ts';

const [file = '', rounds = '0'] = process.argv.slice(2);
const { db, close } = await openTestStore(file, { clock: systemClock });
const servers = (await db.selectFrom('server').select('id').execute()).map(({ id }) => id);
const incidents = createIncidents({
  db,
  clock: systemClock,
  makeId: randomId,
  log: pino({ level: 'silent' }),
  newest: () => undefined,
  // Stores before it answers, as whoever sends must.
  announce: async ({ subject, phase, at }) =>
    void (await db
      .insertInto('setting')
      .values({ key: `told ${subject} ${phase} ${at}`, value: '' })
      .onConflict((conflict) => conflict.doNothing())
      .execute()),
});
await incidents.begin();
process.stdout.write('begun\n');
for (let round = 0; round < Number(rounds); round++) {
  const gone = round % 4 < 2;
  for (const serverId of servers) {
    const problem = gone ? { code: 'ssh.timeout', message: '' } : undefined;
    const look = { serverId, at: Date.now(), problem, host: undefined, gateway: undefined, noGateway: false };
    await incidents.take(look, DEFAULT_RULES, undefined);
  }
}
await incidents.teller.ring();
await close();
