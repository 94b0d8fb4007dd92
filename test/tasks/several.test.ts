import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { freePort, SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { productionEnvironment, signInitData } from '../support/world.ts';

// npm test kills 3 times; npm run test:long 50 times. Of three, two are of the process that works, one of the stand-by that carries the feed.
const KILLS = process.env['CLAWMOOR_LONG'] === '1' ? 50 : 3;
const FEED_AGAIN_WITHIN_MS = 5_000;
const STEPS = ['first', 'second', 'third'];

const inWords = (times: number[]): string => {
  const sorted = times.map(Math.round).toSorted((a, b) => a - b);
  return `${sorted[sorted.length >> 1] ?? '–'} ms in the middle, ${sorted.at(-1) ?? '–'} ms at most (${sorted.length} times)`;
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const limit = AbortSignal.timeout(60_000); !(await holds()); await delay(20)) limit.throwIfAborted();
}

/** What the answers here are asked for. */
interface Reply {
  token: string;
  id: string;
  state: string;
  hostKey: { sha256: string };
  servers: { id: string }[];
}

interface Member {
  child: ChildProcess;
  port: number;
  works: boolean;
}

const ready = postgresPrograms !== undefined && SSHD !== undefined;
describeIf(ready, 'PostgreSQL or sshd is not installed')('Three processes on one PostgreSQL', () => {
  let postgres: TestPostgres;
  let sshd: TestSshd;
  let dir: string;
  let url: string;
  let token: string;
  let serverId: string;
  const members: Member[] = [];
  /** How long after it was cut off a feed told its next event, in milliseconds. */
  const pauses: number[] = [];

  async function add(): Promise<Member> {
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      ...productionEnvironment,
      DATA_DIR: join(dir, String(port)),
      DATABASE_URL: url,
      PEER_ADDRESS: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'error',
    };
    const child = fork(join(import.meta.dirname, '../support/several-process.ts'), [], {
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const member: Member = { child, port, works: false };
    child.on('message', (said: { works?: true }) => void (member.works ||= said.works === true));
    members.push(member);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`A process ended with ${child.exitCode}`);
      return fetch(`http://127.0.0.1:${port}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    return member;
  }

  const worker = async (): Promise<Member> => {
    await until(async () => members.some(({ works }) => works));
    const [one] = members.filter(({ works }) => works);
    if (!one) throw new Error('Nobody works');
    return one;
  };
  const standbys = (): Member[] => members.filter(({ works }) => !works);

  async function ask(member: Member | undefined, method: string, path: string, body?: object) {
    const headers = { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`http://127.0.0.1:${member?.port}/api${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Reply };
  }

  async function kill(member: Member): Promise<void> {
    const { child } = member;
    const ended = child.exitCode === null && new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    members.splice(members.indexOf(member), 1);
  }

  beforeAll(async () => {
    [postgres, sshd, dir] = await Promise.all([startPostgres(), startSshd(), mkdtemp(join(tmpdir(), 'clawmoor-several-'))]);
    url = await postgres.create('several');
    for (let index = 0; index < 3; index++) await add();
    token = '';
    const initData = signInitData({ user: JSON.stringify({ id: 1, first_name: 'Olga' }) });
    token = (await ask(standbys()[0], 'POST', '/auth/telegram', { initData })).body.token;
    const { host, username, auth } = sshd.target;
    const privateKey = 'privateKey' in auth ? auth.privateKey : '';
    const made = await ask(standbys()[0], 'POST', '/servers', {
      name: 'a',
      host,
      port: sshd.port,
      username,
      authMethod: 'key',
      privateKey,
    });
    serverId = made.body.id;
    const tested = await ask(standbys()[1], 'POST', `/servers/${serverId}/test`);
    await ask(standbys()[0], 'POST', `/servers/${serverId}/host-key`, { sha256: tested.body.hostKey.sha256 });
    expect((await ask(standbys()[1], 'POST', `/servers/${serverId}/test`)).body).toMatchObject({ ok: true });
  });
  afterAll(async () => {
    await Promise.all([...members].map(kill));
    await sshd[Symbol.asyncDispose]();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('answer alike, whichever is asked, and one of them works', async () => {
    expect(members.filter(({ works }) => works).length).toBe(1);
    for (const member of members) {
      const { status, body } = await ask(member, 'GET', '/servers');
      expect([status, body.servers.map(({ id }) => id)]).toEqual([200, [serverId]]);
    }
  });

  it('know whom a request is from, also when it was passed on, and believe nobody else', async () => {
    const one = standbys()[0];
    const headers = { authorization: `Bearer ${token}`, 'x-clawmoor-peer': `${Date.now()} 203.0.113.9 ${'A'.repeat(43)}` };
    const spoofed = await fetch(`http://127.0.0.1:${(await worker()).port}/api/me/sessions`, { headers });
    expect(await spoofed.text()).not.toContain('203.0.113.9');
    expect((await ask(one, 'GET', '/me/sessions')).status).toBe(200);
  });

  it(
    `go on when any of them is killed: ${KILLS} times kill -9, each task ends right, none runs twice, feeds go on elsewhere (R1)`,
    async () => {
      const gaps: number[] = [];
      let ofStandbys = 0;
      pauses.length = 0;
      for (let round = 0; round < KILLS; round++) {
        const working = await worker();
        const dying = round % 3 === 1 ? standbys()[0] : working;
        if (!dying) throw new Error('Nobody stands by');
        const mark = `several-${round}-${Date.now()}`;
        const started = new Promise<string>((resolve, reject) =>
          working.child.once('message', (said: { started?: string; failed?: string }) =>
            said.started === undefined ? reject(new Error(said.failed)) : resolve(said.started),
          ),
        );
        working.child.send({ start: { serverId, mark, by: '1' } });
        const id = await started;
        const feed = follow(id, standbys);
        await delay(50 + Math.random() * 1_800);
        const killedAt = performance.now();
        await kill(dying);
        if (dying === working) gaps.push((await worker().then(() => performance.now())) - killedAt);
        else ofStandbys += 1;
        const told = await feed;
        for (const key of STEPS) {
          const lines = [...told.matchAll(new RegExp(`${key} line \\d+`, 'g'))].map(([line]) => line);
          expect(lines, `${round}`).toEqual(Array.from({ length: 20 }, (_, at) => `${key} line ${at}`));
        }
        const { body } = await ask(members[0], 'GET', `/tasks/${id}`);
        expect(body.state, `${round}`).toBe('succeeded');
        for (const key of STEPS)
          expect(readFileSync(join(sshd.home, `${mark}-starts-${key}`), 'utf8'), `${round} ${key}`).toBe('started\n');
        await add();
      }
      console.log(
        `killed ${gaps.length} times the process that worked, ${ofStandbys} times a stand-by; another worked after ${inWords(gaps)}; ` +
          `a cut feed told its next event after ${inWords(pauses)}`,
      );
      // What is promised, and fifteen times what was seen.
      expect(pauses.filter((ms) => ms > FEED_AGAIN_WITHIN_MS)).toEqual([]);
    },
    KILLS * 300_000,
  );

  /** Reads a feed to its end through any process that is there, from where the last one broke off; answers all that it said. */
  async function follow(id: string, through: () => Member[]): Promise<string> {
    let told = '';
    let last: string | undefined;
    let cutAt: number | undefined;
    const limit = AbortSignal.timeout(120_000);
    for (let turn = 0; ; turn++) {
      limit.throwIfAborted();
      const all = [...through(), ...members];
      const member = all[turn % all.length];
      try {
        const headers = { authorization: `Bearer ${token}`, ...(last !== undefined && { 'last-event-id': last }) };
        const answer = await fetch(`http://127.0.0.1:${member?.port}/api/tasks/${id}/events`, { headers, signal: limit });
        if (answer.status !== 200) throw new Error(`${answer.status}`);
        let text = '';
        for await (const chunk of answer.body ?? []) {
          text += Buffer.from(chunk).toString();
          const blocks = text.split('\n\n');
          text = blocks.pop() ?? '';
          for (const block of blocks) {
            const [, seq] = /^id: ?(\d+)$/m.exec(block) ?? [];
            last = seq ?? last;
            // Not the answer's head or a sign of life: the next thing that the task had to say.
            if (seq !== undefined && cutAt !== undefined) {
              pauses.push(performance.now() - cutAt);
              cutAt = undefined;
            }
            told += block;
            if (/^event: ?end$/m.test(block)) return told;
          }
        }
      } catch {
        if (last !== undefined) cutAt ??= performance.now();
        await delay(100); // cut off: the next one goes on
      }
    }
  }
});
