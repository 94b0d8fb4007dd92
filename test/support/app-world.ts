import type { Database } from '../../backend/src/lib/tables.ts';
import { addPeople } from './app-people.ts';
import { startSshd, type TestSshd } from './sshd.ts';
import { startWorld, SUPER_ADMIN, type Person, type TestWorld } from './world.ts';

/** A world to look at: servers in every state, tasks of every kind, one server that can really be logged in to. */
export interface AppWorld {
  test: TestWorld;
  sshd: TestSshd;
  owner: Person;
  /** By name: Harbour can be logged in to; Lighthouse shows another key than the pinned one; Pier and Quay were never tried. */
  servers: Record<'harbour' | 'lighthouse' | 'pier' | 'quay', string>;
  tasks: Record<'failed' | 'running' | 'done', string>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

export const OWNER = { id: 701, name: 'Olga' };
const LOG_LINES = 3_000;
const HISTORY = 27;

/** With `people` its owner is a super-admin, shares a server with others, and has made a backup. */
export async function startAppWorld({ people = true } = {}): Promise<AppWorld> {
  const [sshd, beforeReinstall, test] = await Promise.all([
    startSshd(),
    startSshd(),
    startWorld({ env: { SUPER_ADMIN_IDS: people ? `${SUPER_ADMIN},${OWNER.id}` : `${SUPER_ADMIN}` } }),
  ]);
  const owner = await test.person(OWNER.id, OWNER.name);
  const add = async ({ target }: TestSshd, name: string, tags: string[]): Promise<string> => {
    if (!('privateKey' in target.auth)) throw new Error('this sshd is logged in to with a key');
    const { host, port, username } = target;
    const body = { name, host, port, username, authMethod: 'key', privateKey: target.auth.privateKey, tags };
    const { status, body: server, text } = await owner.post('/servers', body);
    if (status !== 201) throw new Error(text);
    return String(server.id);
  };
  const connect = async ({ target }: TestSshd, id: string): Promise<void> => {
    await owner.post(`/servers/${id}/test`);
    await owner.post(`/servers/${id}/host-key`, { sha256: target.pin?.sha256 });
    await owner.post(`/servers/${id}/test`);
  };
  const servers = {
    harbour: await add(sshd, 'Harbour', ['home', 'production']),
    lighthouse: await add(beforeReinstall, 'Lighthouse', ['production']),
    pier: await add(sshd, 'Pier 7 at the old customs house', []),
    quay: await add(sshd, 'Quay', ['home']),
  };
  await Promise.all([connect(sshd, servers.harbour), connect(beforeReinstall, servers.lighthouse)]);
  // A reinstalled server: the same address, another host key.
  await beforeReinstall[Symbol.asyncDispose]();
  const reinstalled = await startSshd({ port: beforeReinstall.port });
  await owner.post(`/servers/${servers.lighthouse}/test`);
  if (people) await addPeople(test, OWNER, servers.harbour);
  const tasks = await addTasks(test.world.db, servers.harbour, owner.id);
  return {
    test,
    sshd,
    owner,
    servers,
    tasks,
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await Promise.all([sshd[Symbol.asyncDispose](), reinstalled[Symbol.asyncDispose]()]);
    },
  };
}

const STEPS = [
  ['prereqs', 'Check the server'],
  ['node', 'Install Node.js'],
  ['openclaw', 'Install OpenClaw'],
  ['onboard', 'Configure OpenClaw'],
] as const;

/** Rows as the engine writes them; the engine itself is tested elsewhere. */
async function addTasks(db: Database, serverId: string, userId: string): Promise<AppWorld['tasks']> {
  const base = {
    server_id: serverId,
    type: 'setup.run',
    input: '{}',
    secrets: null,
    created_by: userId,
    idempotency_key: null,
    retry_of: null,
  };
  const at = Date.now() - 3_600_000;
  const idOf = (index: number): string => `tsk_${String(index).padStart(20, 'a')}`;
  const add = async (index: number, state: 'succeeded' | 'failed' | 'running', more: object = {}): Promise<string> => {
    const id = idOf(index);
    const startedAt = at - index * 600_000;
    const ended = state !== 'running';
    await db
      .insertInto('task')
      .values({
        ...base,
        id,
        lane: state === 'running' ? 'system' : `lane-${index}`,
        state,
        cancel_asked_at: null,
        lease_until: ended ? null : Date.now() + 3_600_000,
        error: null,
        created_at: startedAt,
        started_at: startedAt,
        finished_at: ended ? startedAt + 95_000 : null,
        ...more,
      })
      .execute();
    return id;
  };
  const steps = async (id: string, states: readonly string[]): Promise<void> => {
    const rows = STEPS.map(([key, title], position) => ({
      task_id: id,
      position,
      key,
      title,
      state: states[position] as never,
      started_at: states[position] === 'waiting' ? null : at,
      finished_at: ['waiting', 'running'].includes(states[position] ?? '') ? null : at + 21_000,
      error: states[position] === 'failed' ? JSON.stringify(NPM_ERROR) : null,
    }));
    await db.insertInto('task_step').values(rows).execute();
  };
  for (let index = 3; index < HISTORY; index++) await add(index, 'succeeded');
  const done = await add(2, 'succeeded');
  await steps(done, ['skipped', 'succeeded', 'succeeded', 'succeeded']);
  const failed = await add(1, 'failed', { error: JSON.stringify(NPM_ERROR), last_seq: LOG_LINES });
  await steps(failed, ['succeeded', 'succeeded', 'failed', 'waiting']);
  await addLog(db, failed);
  const running = await add(0, 'running', { last_seq: 40 });
  await steps(running, ['succeeded', 'succeeded', 'running', 'waiting']);
  await addLog(db, running, 40);
  return { failed, running, done };
}

const NPM_ERROR = {
  code: 'setup.no_network',
  message: 'The server does not reach the npm registry',
  fix: 'Check its network and DNS: npm ping, run on the server, must answer.',
};

async function addLog(db: Database, taskId: string, count = LOG_LINES): Promise<void> {
  const lines = Array.from({ length: count }, (_, at) => ({
    task_id: taskId,
    seq: at + 1,
    at: Date.now() - 3_600_000 + at * 10,
    kind: 'log' as const,
    step: 'openclaw',
    text:
      at % 500 === 499
        ? `npm error network request to the registry failed, try ${at}`
        : `npm http fetch GET 200 package-${at} ${'·'.repeat(at % 60)}`,
  }));
  for (let at = 0; at < lines.length; at += 500)
    await db
      .insertInto('task_event')
      .values(lines.slice(at, at + 500))
      .execute();
}
