import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../backend/src/adapters/sqlite/database.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { startFakeBotApi, type ChatMessage, type FakeBotApi } from '../support/fake-bot-api.ts';
import { describeIf } from '../support/needs.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { allTaken, badWeather, takenBy } from '../support/weather.ts';
import { BOT_TOKEN, productionEnvironment, startWorld, SUPER_ADMIN, type Person } from '../support/world.ts';

const KILLS = 20;
const SERVERS = 12;
const PEOPLE = [101, 102, 103, 104];
const LONG_MS = 1_800_000;
const name = (at: number): string => `harbour-${at}-x`;

interface Server {
  id: string;
  at: number;
  relay: Relay;
  gone: boolean;
}

describeIf(SSHD !== undefined, 'there is no sshd')('Alerts under load, while the process is killed again and again', () => {
  let dir: string;
  let sshd: TestSshd;
  let api: FakeBotApi;
  let receiver: Receiver;
  let weather: ReturnType<typeof badWeather>;
  let child: ChildProcess | undefined;
  const servers: Server[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clawmoor-alerts-kill-'));
    [sshd, api, receiver] = await Promise.all([
      startSshd({ config: ['MaxStartups 100:30:200'] }),
      startFakeBotApi({ token: BOT_TOKEN }),
      startReceiver(),
    ]);
    api.slow(10);
    weather = badWeather(api, receiver);
    await using test = await startWorld();
    const people = [];
    for (const id of PEOPLE) {
      people.push(await test.person(id, `P${id}`, { user: JSON.stringify({ id, first_name: `P${id}`, allows_write_to_pm: true }) }));
    }
    const [owner, ...others] = people;
    for (let at = 0; at < SERVERS && owner; at++) {
      const relay = await startRelay(sshd.port);
      const id = await addThrough(owner, relay.port, name(at));
      for (const one of others) await test.grant(id, one.id, 'admin');
      servers.push({ id, at, relay, gone: false });
    }
    const made = await (await test.person(SUPER_ADMIN)).post('/admin/webhooks', { url: receiver.url, kinds: ['unreachable'] });
    expect(made.status, made.text).toBe(201);
    await sql`VACUUM INTO ${join(dir, 'clawmoor.db')}`.execute(test.world.db);
  }, LONG_MS);
  afterAll(async () => {
    child?.kill('SIGKILL');
    await Promise.all(servers.map(({ relay }) => relay[Symbol.asyncDispose]()));
    await Promise.all([api[Symbol.asyncDispose](), receiver[Symbol.asyncDispose](), sshd[Symbol.asyncDispose]()]);
    await rm(dir, { recursive: true, force: true });
  });

  async function addThrough(owner: Person, port: number, called: string): Promise<string> {
    const { auth, username } = sshd.target;
    if (!('privateKey' in auth)) throw new Error('the test sshd logs in by key');
    const place = { name: called, host: '127.0.0.1', port, username, authMethod: 'key', privateKey: auth.privateKey };
    const { id } = (await owner.post('/servers', place)).body;
    const { hostKey } = (await owner.post(`/servers/${id}/test`)).body;
    await owner.post(`/servers/${id}/host-key`, { sha256: hostKey.sha256 });
    return id;
  }

  async function start(): Promise<ChildProcess> {
    const env = {
      ...productionEnvironment,
      PATH: process.env['PATH'] ?? '',
      DATA_DIR: dir,
      TELEGRAM_API_ROOT: api.root,
      ALLOW_PRIVATE_HOSTS: 'true',
      MONITOR_SECONDS: '0',
      ESCALATE_AFTER_MINUTES: '0',
      LOG_LEVEL: 'error',
    };
    const started = fork(join(import.meta.dirname, '../support/killed-alerts.ts'), [], { env, cwd: dir, stdio: 'inherit' });
    child = started;
    await new Promise((resolve, reject) => {
      started.once('message', resolve);
      started.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
    started.removeAllListeners('exit');
    return started;
  }

  function shake(): void {
    for (const server of servers) {
      if (Math.random() < 0.4) server.gone = !server.gone;
      if (server.gone) server.relay.block();
      else server.relay.restore();
    }
  }

  const messagesOf = (person: number, at: number): ChatMessage[] =>
    api.chat(person).filter(({ text }) => text.includes(`<b>${name(at)}</b> · Server unreachable`));

  /** Copies of which the sender cannot know that they arrived. */
  const unheardBy = (person: number, at: number): number => messagesOf(person, at).filter(({ isUnheard }) => isUnheard).length;

  /** Each change of an incident is one delivery, with an id of its own. */
  function toldToPrograms(events: { incident_id: string; what: string; at: number }[]) {
    const taken = [...takenBy(receiver).values()];
    const told = taken.map(({ body }) => {
      const { timestamp, data } = JSON.parse(body) as { timestamp: string; data: { subject: string; phase: string } };
      return `${data.subject} ${data.phase} ${Date.parse(timestamp)}`;
    });
    const wanted = events.map(({ incident_id, what, at }) => `${incident_id} ${what === 'returned' ? 'changed' : what} ${at}`);
    const again = taken.reduce((sum, { times }) => sum + times - 1, 0);
    return { told: told.toSorted(), wanted: wanted.toSorted(), again };
  }

  it(
    `no incident is lost, and none is sent twice but where nobody lets us know, in bad weather: ${KILLS} times kill -9 (R1)`,
    async () => {
      for (let round = 0; round < KILLS; round++) {
        const killed = await start();
        let looked = 0;
        killed.on('message', () => (looked += 1));
        for (let steps = Math.ceil(Math.random() * 3); steps > 0; steps--) {
          shake();
          // Two looks in a row must see it.
          const enough = looked + 3;
          for (let left = 300; looked < enough && left > 0; left--) await delay(100);
        }
        await delay(Math.random() * 500);
        killed.kill('SIGKILL');
        await new Promise((resolve) => killed.once('exit', resolve));
      }
      // What stands now is looked at until every chat shows it: a server that came back often must stay for long.
      const last = await start();
      const truth = (): string[] =>
        PEOPLE.flatMap((person) =>
          servers.flatMap(({ at, gone }) => {
            const shown = messagesOf(person, at).map(({ text }) => (text.startsWith('✅') ? 'over' : 'open'));
            // A ring of an earlier return keeps the tick of its end; the first message and the newest say what is.
            // A copy of which nobody knows that it arrived stays as it was sent.
            const open = shown.filter((one) => one === 'open').length;
            const isRight = gone ? shown.at(0) === 'open' && shown.at(-1) === 'open' : open <= unheardBy(person, at);
            return isRight ? [] : [`${person} ${name(at)} is ${gone ? 'gone' : 'there'}: ${shown.join()}`];
          }),
        );
      for (let left = 1_200; truth().length > 0 && left > 0; left--) await delay(100);
      expect(truth()).toEqual([]);
      await allTaken(receiver);
      last.kill('SIGTERM');
      await new Promise((resolve) => last.once('exit', resolve));

      const { db, close } = await openDatabase(join(dir, 'clawmoor.db'), { clock: systemClock });
      const rows = await db.selectFrom('outbox').selectAll().execute();
      // A process that the kernel ends meanwhile, whoever's it is, is seen by all of them as well.
      const incidents = await db.selectFrom('incident').selectAll().where('kind', '=', 'unreachable').execute();
      const events = await db.selectFrom('incident_event').selectAll().execute();
      const pending = await db.selectFrom('notice_pending').selectAll().execute();
      await close();
      expect(pending).toEqual([]);
      expect(events.length).toBeGreaterThan(3 * SERVERS);
      const [twice, lost]: string[][] = [[], []];
      let unknown = 0;
      for (const person of PEOPLE)
        for (const { id, at } of servers) {
          const ofServer = incidents.filter(({ server_id }) => server_id === id);
          const mine = rows.filter(
            ({ user_id, notice, is_summary }) =>
              user_id === String(person) && is_summary === 0 && notice.includes(id) && notice.includes('"unreachable"'),
          );
          const seen = messagesOf(person, at).length;
          // One message for each incident, and one that makes a sound for each time that it was back.
          const wanted = ofServer.reduce((sum, { returned }) => sum + 1 + returned, 0);
          // A row that began anew has forgotten what it did not know before.
          const excused = Math.max(
            unheardBy(person, at),
            mine.reduce((sum, row) => sum + row.unknown, 0),
          );
          unknown += excused;
          if (seen > wanted + excused) twice?.push(`${person} ${name(at)}: ${seen} of ${wanted}, ${excused} unknown`);
          for (const { id: incident } of ofServer)
            if (!mine.some(({ subject }) => subject === incident)) lost?.push(`${person} ${incident}`);
        }
      expect({ twice, lost }).toEqual({ twice: [], lost: [] });
      const programs = toldToPrograms(
        incidents.flatMap(({ id }) => events.filter(({ incident_id, what }) => incident_id === id && what !== 'acknowledged')),
      );
      expect(programs.told).toEqual(programs.wanted);
      process.stdout.write(
        `Killed ${KILLS} times: ${incidents.length} incidents, ${events.length} changes of them, ${PEOPLE.length} people, none lost, ${unknown} outcomes unknown; ` +
          `${programs.told.length} deliveries by webhook, none lost, ${programs.again} taken again after a kill. Met: ${weather.inWords()}\n`,
      );
    },
    LONG_MS,
  );
});
