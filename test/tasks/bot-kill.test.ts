import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, storeOf } from '../support/store.ts';
import { systemClock } from '../../backend/src/lib/clock.ts';
import { until } from '../support/bot-world.ts';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { allTaken, badWeather, takenBy } from '../support/weather.ts';
import { BOT_TOKEN, productionEnvironment, signInitData, SUPER_ADMIN } from '../support/world.ts';

// npm test kills at 3 points; npm run test:long at 20.
const KILLS = process.env['CLAWMOOR_LONG'] === '1' ? 20 : 3;
const MAIN = join(import.meta.dirname, '../../backend/src/main.ts');
const OWNER = 101;
const PEOPLE = 12;
// One person gets no more news than a summary has lines: of what is beyond, it says only how many there are.
const SERVERS_PER_ROUND = KILLS > 3 ? 1 : 3;
const personAt = (at: number): string => String(2_000 + at);
const serverAt = (at: number): { id: string; name: string } => ({ id: `srv_${String(at).padStart(20, '0')}`, name: `harbour-${at}-x` });

describe('News under load, while the process is killed again and again', () => {
  let dir: string;
  let api: FakeBotApi;
  let receiver: Receiver;
  let weather: ReturnType<typeof badWeather>;
  let token = '';
  let child: ChildProcess | undefined;
  let url = '';
  /** Answered by the backend: from then on it must arrive. */
  const promised: { userId: string; server: string }[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clawmoor-bot-kill-'));
    [api, receiver] = await Promise.all([startFakeBotApi({ token: BOT_TOKEN }), startReceiver()]);
    api.slow(15);
    weather = badWeather(api, receiver);
    await withDatabase(async (db) => {
      const user = { last_name: null, username: null, language_code: 'en', created_at: 1, last_seen_at: 1, allows_write_to_pm: 1 };
      const ids = [String(OWNER), ...Array.from({ length: PEOPLE }, (_, at) => personAt(at))];
      await db
        .insertInto('user')
        .values(ids.map((id) => ({ ...user, id, first_name: `P${id}` })))
        .execute();
      for (let at = 0; at < KILLS * SERVERS_PER_ROUND; at++) {
        const server = {
          host: '127.0.0.1',
          port: 9,
          username: 'root',
          auth_method: 'password' as const,
          tags: '[]',
          created_at: 1,
          updated_at: 1,
        };
        const none = { public_key: null, jump_host: null, jump_port: null, jump_username: null, state_at: null };
        await db
          .insertInto('server')
          .values({ ...server, ...none, ...serverAt(at) })
          .execute();
        await db
          .insertInto('member')
          .values({ server_id: serverAt(at).id, user_id: String(OWNER), role: 'owner', granted_by: null, granted_at: 1, expires_at: null })
          .execute();
      }
    });
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await Promise.all([api[Symbol.asyncDispose](), receiver[Symbol.asyncDispose]()]);
    await rm(dir, { recursive: true, force: true });
  });

  async function withDatabase<T>(work: (db: Awaited<ReturnType<typeof openTestStore>>['db']) => Promise<T>): Promise<T> {
    const { db, close } = await openTestStore(join(dir, 'clawmoor.db'), { clock: systemClock });
    return work(db).finally(close);
  }

  async function start(): Promise<void> {
    const env = {
      ...productionEnvironment,
      PATH: process.env['PATH'] ?? '',
      DATA_DIR: dir,
      TELEGRAM_API_ROOT: api.root,
      LOG_LEVEL: 'error',
      ...(await storeOf(join(dir, 'clawmoor.db'))),
    };
    child = spawn(process.execPath, [MAIN], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] });
    url = await new Promise((resolve, reject) => {
      let said = '';
      child?.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
      child?.stdout?.on('data', (chunk: Buffer) => {
        const port = /listening on [\d.]+:(\d+)/.exec((said += String(chunk)))?.[1];
        if (port) resolve(`http://127.0.0.1:${port}/api`);
      });
    });
    child.removeAllListeners('exit');
  }

  async function post(path: string, bearer: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(bearer !== '' && { authorization: `Bearer ${bearer}` }) };
    return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async function signIn(id: number): Promise<string> {
    const initData = signInitData({ user: JSON.stringify({ id, first_name: `P${id}` }) });
    const answer = await post('/auth/telegram', '', { initData });
    return ((await answer.json()) as { token: string }).token;
  }

  /** Gives everybody access to some servers, one after the other, until that is done or the process is gone. */
  async function load(round: number): Promise<void> {
    for (let at = round * SERVERS_PER_ROUND; at < (round + 1) * SERVERS_PER_ROUND; at++) {
      const { id, name } = serverAt(at);
      for (let one = 0; one < PEOPLE; one++) {
        const answer = await post(`/servers/${id}/access`, token, { userId: personAt(one), role: 'viewer' }).catch(() => undefined);
        if (!answer) return;
        if (answer.status !== 201) throw new Error(`access was answered ${answer.status}: ${await answer.text()}`);
        promised.push({ userId: personAt(one), server: name });
      }
    }
  }

  it(`none is lost, and none is sent twice but where nobody lets us know, in bad weather: ${KILLS} times kill -9 (R1)`, async () => {
    for (let round = 0; round < KILLS; round++) {
      await start();
      if (token === '') {
        token = await signIn(OWNER);
        const made = await post('/admin/webhooks', await signIn(SUPER_ADMIN), { url: receiver.url, kinds: ['access'] });
        expect(made?.status).toBe(201);
      }
      const loading = load(round);
      await delay(30 + Math.random() * 1_200);
      child?.kill('SIGKILL');
      await new Promise((resolve) => child?.once('exit', resolve));
      await loading;
    }
    expect(promised.length).toBeGreaterThan(KILLS);
    await start();
    const appearances = ({ userId, server }: { userId: string; server: string }): number =>
      api.chat(userId).filter(({ text }) => text.includes(`<b>${server}</b>`)).length;
    await until(
      () => promised.filter((one) => appearances(one) === 0),
      (missing) => missing.length === 0,
      // A chat takes one message a second.
      90_000 + KILLS * 15_000,
    );
    await allTaken(receiver);
    // Gone politely: what is on its way comes to its end, and the database is ours to read.
    child?.kill('SIGTERM');
    await new Promise((resolve) => child?.once('exit', resolve));
    const { rows, grants } = await withDatabase(async (db) => ({
      rows: await db.selectFrom('outbox').selectAll().execute(),
      grants: await db.selectFrom('audit').select('id').where('action', '=', 'access.grant').where('result', '=', 'ok').execute(),
    }));
    const excused = ({ userId, server }: { userId: string; server: string }): number => {
      const row = rows.find(({ user_id, is_summary, notice }) => user_id === userId && is_summary === 0 && notice.includes(`"${server}"`));
      return (row?.unknown ?? 0) + (rows.find(({ id }) => id === row?.summary_id)?.unknown ?? 0);
    };
    const twice = promised.filter((one) => appearances(one) > 1 + excused(one));
    expect(twice).toEqual([]);
    const taken = [...takenBy(receiver).values()];
    const told = taken.map(({ body }) => (JSON.parse(body) as { data: { subject: string } }).data.subject);
    expect(told.toSorted()).toEqual(grants.map(({ id }) => `aud_${id}`).toSorted());
    const again = taken.filter(({ times }) => times > 1).length;
    const repeated = promised.filter((one) => appearances(one) > 1).length;
    process.stdout.write(
      `Killed ${KILLS} times: ${promised.length} pieces of news, none lost, ${repeated} came twice with an unknown outcome; ` +
        `${told.length} deliveries by webhook, none lost, ${again} taken again after a kill. Met: ${weather.inWords()}\n`,
    );
  }, 900_000);
});
