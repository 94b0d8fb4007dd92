import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createFront } from '../../backend/src/app.ts';
import { readConfig } from '../../backend/src/config.ts';
import { createWorld, type Overrides, type World } from '../../backend/src/world.ts';
import { storeOf } from './store.ts';
import { demandDeclared, judgeResponses } from './response-tap.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  body: any;
  text: string;
}

export interface Person {
  id: string;
  get: (path: string) => Promise<Answer>;
  post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  put: (path: string, body?: unknown) => Promise<Answer>;
  remove: (path: string) => Promise<Answer>;
  token: string;
}

export interface TestWorld {
  world: World;
  url: string;
  /** Every line that was logged. */
  logged: () => string;
  dataDir: string;
  /** A person who has signed in from Telegram, with initData signed as Telegram does. */
  person: (id: number, name?: string, fields?: Record<string, string>) => Promise<Person>;
  nobody: Person;
  /** A code for `X-Step-Up`, got as the app gets it. */
  stepUp: (person: Person) => Promise<string>;
  request: (
    method: string,
    path: string,
    options?: { token?: string; body?: unknown; raw?: string | Uint8Array; headers?: Record<string, string> },
  ) => Promise<Answer>;
  grant: (serverId: string, userId: string, role: 'viewer' | 'admin' | 'owner', expiresAt?: number) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

export const BOT_TOKEN = '7654321:AAtest-token-of-no-bot-at-all-000000';
export const SUPER_ADMIN = 900;

export const productionEnvironment = {
  APP_DOMAIN: 'app.example.test',
  TELEGRAM_BOT_TOKEN: BOT_TOKEN,
  // Nothing listens there: no test speaks with Telegram itself.
  TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
  JWT_SECRET: 'kJ3v9Qp1xT7mZs5Rb2Ln8Wc4Yd6Fh0Ga1Ue',
  ENCRYPTION_KEY: `k1:${Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 37 + 11) % 256)).toString('base64')}`,
  SUPER_ADMIN_IDS: String(SUPER_ADMIN),
  REGISTRATION: 'open',
  ALLOW_PRIVATE_HOSTS: 'true',
  HOST: '127.0.0.1',
  // Who tests the watching looks when it wants to.
  MONITOR_SECONDS: '0',
  PORT: '0',
};

/** The whole backend in this process, on a database of its own, listening on loopback. */
export async function startWorld({
  env = {},
  overrides = {},
  begin = true,
  port: wanted = 0,
}: { env?: Record<string, string>; overrides?: Overrides; begin?: boolean; port?: number } = {}): Promise<TestWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'clawmoor-world-'));
  let log = '';
  const destination = { write: (line: string) => void (log += line) };
  const store = await storeOf(overrides.databaseFile ?? dataDir);
  const config = readConfig({ ...productionEnvironment, DATA_DIR: dataDir, ...store, ...env }, { cwd: dataDir });
  const limits = { 'sign-in': 10_000, 'server-test': 10_000, submit: 10_000, read: 10_000, download: 10_000, poll: 10_000 };
  const world = await createWorld(config, { log: pino({ level: 'info' }, destination), limits, ...overrides });
  const server = createFront(world);
  judgeResponses(server, ({ headers }) => !world.dashboards.origin()?.matches(headers.host ?? ''));
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  world.ownPorts.push(port);
  if (begin) await world.begin();
  const url = `http://127.0.0.1:${port}`;

  const request: TestWorld['request'] = async (method, path, { token, body, raw, headers } = {}) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(raw !== undefined ? { body: raw as BodyInit } : body !== undefined ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    demandDeclared();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  const personWith = (id: string, token: string): Person => {
    const authorized = token === '' ? {} : { token };
    return {
      id,
      token,
      get: (path) => request('GET', path, authorized),
      post: (path, body = {}, headers = {}) => request('POST', path, { ...authorized, body, headers }),
      put: (path, body = {}) => request('PUT', path, { ...authorized, body }),
      remove: (path) => request('DELETE', path, authorized),
    };
  };
  const initDataOf = (id: string, name = `Person ${id}`, fields: Record<string, string> = {}): string =>
    signInitData(
      { user: JSON.stringify({ id: Number(id), first_name: name }), ...fields },
      { authDate: Math.floor(world.clock.now() / 1000) },
    );
  return {
    world,
    url,
    dataDir,
    logged: () => log,
    nobody: personWith('', ''),
    async stepUp({ id, post }) {
      const { status, body, text } = await post('/auth/step-up', { initData: initDataOf(id) });
      if (status !== 201) throw new Error(`Step-up answered ${status}: ${text}`);
      return body.code;
    },
    async person(id, name = `Person ${id}`, fields = {}) {
      const initData = initDataOf(String(id), name, fields);
      const { status, body, text } = await request('POST', '/auth/telegram', { body: { initData } });
      if (status !== 200) throw new Error(`Sign-in answered ${status}: ${text}`);
      return personWith(String(id), body.token);
    },
    request,
    async grant(serverId, userId, role, expiresAt) {
      await world.db
        .insertInto('member')
        .values({ server_id: serverId, user_id: userId, role, granted_by: null, granted_at: Date.now(), expires_at: expiresAt ?? null })
        .execute();
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As Telegram signs a launch, written from its documentation and not with the package that the backend uses. */
export function signInitData(
  fields: Record<string, string>,
  { botToken = BOT_TOKEN, authDate = Math.floor(Date.now() / 1000) }: { botToken?: string; authDate?: number | string } = {},
): string {
  const all = new URLSearchParams({ ...fields, auth_date: String(authDate) });
  const lines = [...all].map(([key, value]) => `${key}=${value}`).toSorted();
  const secret = createHmac('sha256', 'WebAppData').update(botToken).digest();
  all.set('hash', createHmac('sha256', secret).update(lines.join('\n')).digest('hex'));
  return all.toString();
}
