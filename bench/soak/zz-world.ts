import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describeHostKey } from '../../backend/src/adapters/ssh/host-key.ts';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import { startFakeBotApi, type FakeBotApi } from '../../test/support/fake-bot-api.ts';
import { putNode } from '../../test/support/rag-world.ts';
import { startRelay, type Relay } from '../../test/support/relay.ts';
import { startSshd } from '../../test/support/sshd.ts';
import { BOT_TOKEN, productionEnvironment, startWorld, type Person } from '../../test/support/world.ts';
import { startChild, type Child } from '../child.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface SoakWorld extends AsyncDisposable {
  backend: Child;
  samples: string;
  bot: FakeBotApi;
  people: { token: string; serverIds: string[] }[];
  real: { serverId: string; token: string };
  /** In front of the real server: blocked, it is an incident. */
  relay: Relay;
}

/** The backend as it is deployed, 50 servers and a real one behind sshd, 20 people who share them, and Telegram's Bot API, each in its own process or here. */
export async function startSoakWorld({ servers, persons }: { servers: number; persons: number }): Promise<SoakWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'clawmoor-soak-'));
  const samples = join(dir, 'samples.jsonl');
  const [watched, sshd, bot] = await Promise.all([startWatched(servers), startSshd(), startFakeBotApi({ token: BOT_TOKEN })]);
  putNode(sshd.home);
  const relay = await startRelay(sshd.port);
  const people: SoakWorld['people'] = [];
  let real = { serverId: '', token: '' };
  {
    // Filled in by a backend of this process, then handed to the measured one.
    await using test = await startWorld({ begin: false });
    const { world } = test;
    const all: Person[] = [];
    for (let at = 0; at < persons; at++) {
      const id = 1_000 + at;
      all.push(await test.person(id, `P${at}`, { user: JSON.stringify({ id, first_name: `P${at}`, allows_write_to_pm: true }) }));
      people.push({ token: all[at]?.token ?? '', serverIds: [] });
    }
    const { privateKey } = generateKeyPair();
    const pin = describeHostKey(Buffer.from(watched.hostKey, 'base64'));
    for (const [index, port] of watched.ports.entries()) {
      const owner = index % persons;
      const userId = all[owner]?.id ?? '';
      const caller = { userId, firstName: 'P', sessionId: 's', isSuperAdmin: false };
      const place = { name: `server ${index}`, host: '127.0.0.1', port, username: 'root', authMethod: 'key', privateKey } as const;
      const { id } = await world.servers.add(caller, { ...place, tags: [] });
      await world.db
        .insertInto('host_key')
        .values({ server_id: id, hop: 'server', standing: 'pinned', ...pin, at: 1, by_user: userId })
        .execute();
      people[owner]?.serverIds.push(id);
      const other = (owner + 1) % persons;
      await test.grant(id, all[other]?.id ?? '', 'viewer');
      people[other]?.serverIds.push(id);
    }
    const [first] = all;
    const { auth, username } = sshd.target;
    if (!first || !('privateKey' in auth)) throw new Error('the real server is reached by a key');
    const place = { name: 'real', host: '127.0.0.1', port: relay.port, username, authMethod: 'key', privateKey: auth.privateKey };
    const { id: serverId } = (await first.post('/servers', place)).body;
    const { hostKey } = (await first.post(`/servers/${serverId}/test`)).body;
    await first.post(`/servers/${serverId}/host-key`, { sha256: hostKey.sha256 });
    real = { serverId, token: first.token };
    await sql`VACUUM INTO ${join(dir, 'clawmoor.db')}`.execute(world.db);
  }
  const env = {
    ...productionEnvironment,
    DATA_DIR: dir,
    TELEGRAM_API_ROOT: bot.root,
    MONITOR_SECONDS: '60',
    LOG_LEVEL: 'error',
    SOAK_SAMPLES: samples,
  };
  const backend = await startChild(
    ['--import', '/tmp/w/probe.mjs', '--import', join(ROOT, 'bench/anchors/inside.mjs'), join(ROOT, 'backend/dist/main.mjs')],
    env,
  );
  return {
    backend,
    samples,
    bot,
    people,
    real,
    relay,
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      watched.child.kill('SIGKILL');
      await relay[Symbol.asyncDispose]();
      await Promise.all([sshd[Symbol.asyncDispose](), bot[Symbol.asyncDispose]()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function startWatched(count: number): Promise<{ child: ChildProcess; ports: number[]; hostKey: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'bench/anchors/watched-servers.mjs'), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
      if (text.endsWith('\n')) resolve({ child, ...(JSON.parse(text) as { ports: number[]; hostKey: string }) });
    });
    child.once('exit', (code) => reject(new Error(`the servers ended with ${code}`)));
  });
}
