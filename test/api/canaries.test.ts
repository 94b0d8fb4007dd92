import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '@clawmoor/shared/api.ts';
import type { Route } from '@clawmoor/shared/route.ts';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import { aadOf } from '../../backend/src/features/servers/server-secrets.ts';
import { createLog } from '../../backend/src/lib/log.ts';
import { createSealer } from '../../backend/src/lib/sealer.ts';
import { canariesIn, lineOfKey, type Canaries } from '../support/canaries.ts';
import { onPostgres } from '../support/store.ts';
import { productionEnvironment, signInitData, startWorld, SUPER_ADMIN, type Answer, type TestWorld } from '../support/world.ts';
import { wantBugs } from '../support/response-tap.ts';

const METRICS_TOKEN = 'canary-metrics-token-9127';
const PASSWORD = 'canary "pass\\word" 5521';
const API_KEY = 'canary-provider-key-sk-77120';

/** An ed25519 key behind a passphrase. One in 256 that ssh2 makes cannot be read, so again until one can. */
function lockedKey(passphrase: string): string {
  const { private: locked } = ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 4 });
  return ssh2.utils.parseKey(locked, passphrase) instanceof Error ? lockedKey(passphrase) : locked;
}

const given = {
  password: PASSWORD,
  sudoPassword: 'canary-sudo-8812-4410',
  passphrase: 'canary-passphrase-0193',
  privateKey: generateKeyPair().privateKey,
  jumpPassword: 'canary-jump-password-3341',
};
const locked = lockedKey(given.passphrase);
const canaries = new Map<string, string>([
  ['password', given.password],
  ['sudo password', given.sudoPassword],
  ['passphrase', given.passphrase],
  ['private key', lineOfKey(given.privateKey)],
  ['locked private key', lineOfKey(locked)],
  ['password of the jump host', given.jumpPassword],
  ['API key', API_KEY],
  ['bot token', productionEnvironment.TELEGRAM_BOT_TOKEN],
  ['JWT secret', productionEnvironment.JWT_SECRET],
  ['encryption key', productionEnvironment.ENCRYPTION_KEY.slice(3)],
  ['metrics token', METRICS_TOKEN],
]);

/** Everything that came back, and where from. */
const answers: { from: string; text: string }[] = [];
let test: TestWorld;
let log = '';
/** Takes a connection and says nothing: a task on it waits, with its secrets in the database. */
let silent: Server;
const sockets: Socket[] = [];
beforeAll(async () => {
  silent = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  test = await startWorld({
    env: { METRICS_TOKEN },
    overrides: { log: createLog({ level: 'trace', destination: { write: (line) => void (log += line) } }) },
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await test[Symbol.asyncDispose]();
});

/** Asks, and keeps the answer with its headers. `shows`: the field that may hold a secret, this once. */
async function ask(method: string, path: string, { token = '', body, raw, shows }: Asked = {}): Promise<Pick<Answer, 'status' | 'body'>> {
  const response = await fetch(`${test.url}/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(method === 'GET' ? {} : { body: raw ?? JSON.stringify(body ?? {}) }),
    signal: AbortSignal.timeout(60_000),
  });
  const stream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = stream ? '' : await response.text();
  if (stream) await response.body?.cancel();
  const json = response.headers.get('content-type')?.startsWith('application/json') === true;
  const parsed = json && text !== '' ? JSON.parse(text) : undefined;
  const kept = shows === undefined ? text : JSON.stringify({ ...parsed, [shows]: undefined });
  answers.push({ from: `${method} ${path} ${response.status}`, text: JSON.stringify([...response.headers]) + kept });
  return { status: response.status, body: parsed };
}
interface Asked {
  token?: string;
  body?: object;
  raw?: string;
  shows?: string;
}

async function signIn(id: number): Promise<string> {
  const initData = signInitData({ user: JSON.stringify({ id, first_name: `Person ${id}` }), query_id: `canary-query-${id}-0001` });
  canaries.set(`initData of ${id}`, initData).set(`hash of ${id}`, new URLSearchParams(initData).get('hash') ?? '');
  const { body } = await ask('POST', '/auth/telegram', { body: { initData }, shows: 'token' });
  canaries.set(`session of ${id}`, body.token);
  return body.token;
}

/** What a person may send: right, wrong, in the wrong place, cut short. */
async function addServers(token: string): Promise<string> {
  const place = { name: 'ship', host: '127.0.0.1', port: (silent.address() as AddressInfo).port, username: 'root' };
  const post = async (body: object): Promise<string> => (await ask('POST', '/servers', { token, body })).body.id;
  const { password, sudoPassword, passphrase, privateKey, jumpPassword } = given;
  const id = await post({ ...place, authMethod: 'password', password, sudoPassword });
  await post({ ...place, authMethod: 'key', privateKey });
  await post({ ...place, authMethod: 'key', privateKey: locked, passphrase });
  await post({ ...place, authMethod: 'key', privateKey: locked, passphrase: `${password} wrong` });
  await post({ ...place, authMethod: 'key', privateKey: privateKey.slice(0, -60) });
  const generated = await post({ ...place, authMethod: 'generated' });
  const jump = { host: 'jump.example', username: 'root', authMethod: 'password', password: jumpPassword };
  await post({ ...place, authMethod: 'password', password, jump });
  await post({ ...place, name: '', authMethod: 'password', password, passwort: password, jump: { ...jump, port: jumpPassword } });
  await ask('PUT', `/servers/${id}`, { token, body: { authMethod: 'password', password, sudoPassword: null } });
  await ask('PUT', `/servers/${id}`, { token, body: { authMethod: 'key', privateKey: locked, passphrase: 'wrong' } });
  await ask('POST', '/servers', { token, raw: JSON.stringify({ ...place, password }).slice(0, -1) });
  await ask('POST', '/servers', { token, raw: JSON.stringify([password]) });
  const { envelope } = await test.world.db
    .selectFrom('server_secret')
    .select('envelope')
    .where('server_id', '=', generated)
    .executeTakeFirstOrThrow();
  const [kid = '', key = ''] = productionEnvironment.ENCRYPTION_KEY.split(':');
  const made = createSealer([{ kid, key: Buffer.from(key, 'base64') }]).open(
    envelope,
    aadOf('private_key', { ...place, serverId: generated }),
  );
  canaries.set('generated private key', lineOfKey(made));
  return id;
}

/** As if its fingerprint had been confirmed, so that tasks try to connect. */
const pin = (serverId: string) =>
  test.world.db
    .insertInto('host_key')
    .values({ server_id: serverId, hop: 'server', standing: 'pinned', type: 'ssh-ed25519', sha256: 'x', key: 'eA==', at: 1, by_user: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();

/** Every operation there is, with secrets where none belong; what takes the input away is left to the end. */
async function sweep(token: string, serverId: string): Promise<void> {
  const body = { ...given, privateKey: locked, apiKey: API_KEY, token: METRICS_TOKEN, secrets: { apiKey: API_KEY }, nonsense: [given] };
  for (const [name, route] of Object.entries(api) as [string, Route][]) {
    if (['removeServer', 'signOut', 'endOtherSessions', 'runBackup', 'rehearseBackup'].includes(name)) continue;
    const path = route.path.replace('/servers/:id', `/servers/${serverId}`).replace(/:\w+/g, 'missing');
    await ask(route.method.toUpperCase(), `${path}?password=${encodeURIComponent(PASSWORD)}`, { token, body });
    if (route.method === 'get') await ask('GET', path, { token });
    else await ask(route.method.toUpperCase(), path, { token, raw: `{"password":${JSON.stringify(PASSWORD)},` });
  }
}

/** The files of the database and of its copies, unpacked. */
function stored(): [string, Buffer][] {
  // Of PostgreSQL the copy tells: it holds every row.
  const database = (onPostgres ? [] : ['', '-wal']).map((ending): [string, Buffer] => [
    `clawmoor.db${ending}`,
    readFileSync(join(test.dataDir, `clawmoor.db${ending}`)),
  ]);
  const folder = join(test.dataDir, 'backups');
  return [...database, ...readdirSync(folder).map((name): [string, Buffer] => [name, gunzipSync(readFileSync(join(folder, name)))])];
}

describe('A secret that was given to Clawmoor', () => {
  it('is found by the scan in every spelling, so that the next test means something', () => {
    const [[, text = ''] = []] = canaries;
    const one: Canaries = new Map([['password', text]]);
    const basic = Buffer.from(`root:${text}`).toString('base64');
    for (const spelling of [
      text,
      JSON.stringify({ text }),
      JSON.stringify({ line: JSON.stringify({ text }) }),
      encodeURIComponent(text),
      Buffer.from(text).toString('hex'),
      basic,
    ])
      expect(canariesIn(`before ${spelling} after`, one), spelling).toEqual(['password']);
    expect(canariesIn(`before ${text.slice(0, -1)} after`, one)).toEqual([]);
    expect(Math.min(...[...canaries.values()].map(({ length }) => length))).toBeGreaterThanOrEqual(12);
  });

  it(
    'is in no answer, log line, audit row, task, database file or backup, whatever was done with it (S36)',
    { timeout: 300_000 },
    async () => {
      const owner = await signIn(1);
      const superAdmin = await signIn(SUPER_ADMIN);
      const serverId = await addServers(owner);
      await pin(serverId);
      // Nothing listens on this one: whatever gets through to it fails at once.
      const dead = { name: 'dead', host: '127.0.0.1', port: 9, username: 'root', authMethod: 'password', password: PASSWORD };
      const other = await signIn(2);
      const deadId = (await ask('POST', '/servers', { token: other, body: dead })).body.id;
      await ask('POST', `/servers/${deadId}/test`, { token: other });
      await pin(deadId);
      const personal = await ask('POST', '/me/tokens', { token: owner, body: { name: 'ci', scope: 'read' }, shows: 'token' });
      canaries.set('personal token', personal.body.token);
      await ask('GET', '/servers', { token: personal.body.token });
      await ask('GET', '/servers', { token: `${personal.body.token}x` });
      const provider = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', model: 'a', apiKey: API_KEY };
      const submitted = await ask('POST', `/servers/${serverId}/setup/onboard`, { token: owner, body: { provider } });
      expect(submitted.status).toBe(202);
      await ask('POST', `/servers/${serverId}/setup/run`, { token: owner, body: { provider } });
      // The task waits for the silent machine: its secrets are in the database now, and in the copy.
      const open = await test.world.db.selectFrom('task').select('secrets').where('secrets', 'is not', null).execute();
      expect(open).toHaveLength(1);
      expect((await ask('POST', '/admin/backups/run', { token: superAdmin })).status).toBe(201);
      await sweep(other, deadId);
      await sweep(superAdmin, deadId);
      await ask('POST', `/tasks/${submitted.body.taskId}/cancel`, { token: owner });
      await ask('POST', `/tasks/${submitted.body.taskId}/retry`, { token: owner, body: { secrets: { apiKey: API_KEY } } });
      // A bug in the middle of a request that carries secrets: its error is logged.
      await test.world.db.schema.alterTable('server_secret').renameTo('server_secret_gone').execute();
      const broken = { name: 'b', host: '127.0.0.1', username: 'root', authMethod: 'password', password: PASSWORD };
      wantBugs();
      expect((await ask('POST', '/servers', { token: owner, body: broken })).status).toBe(500);
      await test.world.db.schema.alterTable('server_secret_gone').renameTo('server_secret').execute();
      for (const path of ['/admin/health/detailed', '/admin/audit/export?format=ndjson', '/admin/audit/export', '/openapi.json'])
        await ask('GET', path, { token: superAdmin });
      const metrics = await fetch(`${test.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
      answers.push({ from: 'GET /metrics', text: await metrics.text() });
      expect((await ask('POST', '/admin/backups/run', { token: superAdmin })).status).toBe(201);

      const audit = await test.world.db.selectFrom('audit').selectAll().execute();
      const tasks = [
        await test.world.db.selectFrom('task').selectAll().execute(),
        await test.world.db.selectFrom('task_event').selectAll().execute(),
      ];
      const places: [string, string | Buffer][] = [
        ...answers.map(({ from, text }): [string, string] => [from, text]),
        ...log.split('\n').map((line): [string, string] => [`log: ${line.slice(0, 200)}`, line]),
        ...audit.map((row): [string, string] => [`audit ${row.id} ${row.action}`, JSON.stringify(row)]),
        ['tasks', JSON.stringify(tasks)],
        ...stored(),
      ];
      expect(places.flatMap(([place, bytes]) => canariesIn(bytes, canaries).map((name) => `${name} in ${place}`))).toEqual([]);
      expect(answers.length).toBeGreaterThan(Object.keys(api).length * 2);
      expect(log).toContain(onPostgres ? 'does not exist' : 'no such table');
      expect(readdirSync(join(test.dataDir, 'backups'))).toHaveLength(2);
    },
  );
});
