import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { run } from '../../cli/src/run.ts';
import { ROOT } from '../../deploy/toolbox.mjs';
import { startAppWorld, type AppWorld } from '../support/app-world.ts';
import { createCli, startProcess, type TestCli } from '../support/cli.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';
import { SUPER_ADMIN, type Person } from '../support/world.ts';

// Dozens of processes: on a busy machine each takes a second.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describeIf(SSHD !== undefined, 'it needs sshd')('The commands', () => {
  let all: AppWorld;
  let cli: TestCli;
  let owner: TestCli;
  let reader: TestCli;
  let boss: TestCli;
  let stranger: TestCli;
  beforeAll(async () => {
    all = await startAppWorld({ people: false });
    cli = await createCli(all.test.url);
    const token = async (person: Person, scope: string): Promise<{ token: string }> =>
      (await person.post('/me/tokens', { name: 'cli', scope })).body;
    owner = cli.as(await token(all.owner, 'write'));
    reader = cli.as(await token(all.owner, 'read'));
    boss = cli.as(await token(await all.test.person(SUPER_ADMIN, 'Boss'), 'admin'));
    stranger = cli.as(await token(await all.test.person(2, 'Sue'), 'write'));
  });
  afterAll(async () => {
    await cli?.[Symbol.asyncDispose]();
    await all?.[Symbol.asyncDispose]();
  });

  it('list the servers with name, state and address, and answer in JSON what the API answers', async () => {
    const { code, stdout, stderr } = await owner.run(['servers']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^NAME +STATE +ROLE +ADDRESS +ID\nHarbour +online, busy +owner +\w+@127\.0\.0\.1:\d+ +srv_\S+\nLighthouse +key_changed/,
    );
    expect((await owner.run(['servers', '--json'])).json).toEqual((await all.owner.get('/servers')).body);
    expect((await stranger.run(['servers'])).stdout).toContain('clawmoor servers add');
  });

  it('show a server by its id or by its name, and say which one is meant when there are two', async () => {
    const { harbour, quay } = all.servers;
    expect((await owner.run(['servers', 'show', 'harbour'])).stdout).toMatch(new RegExp(`^Harbour\n +id +${harbour}\n +state +online`));
    expect((await owner.run(['servers', 'show', quay, '--json'])).json).toEqual((await all.owner.get(`/servers/${quay}`)).body);
    expect(await owner.run(['servers', 'show', 'nowhere'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('There are: Harbour, Lighthouse'),
    });
    expect(await stranger.run(['servers', 'show', harbour])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('(server.not_found, request '),
    });
    const twin = await all.owner.post('/servers', { name: 'quay', host: '127.0.0.1', username: 'root', authMethod: 'generated' });
    expect(await owner.run(['servers', 'show', 'Quay'])).toMatchObject({ code: 2, stderr: expect.stringContaining(twin.body.id) });
    await all.owner.remove(`/servers/${twin.body.id}`);
  });

  it('test a server stage by stage, with the exit code of what is wrong', async () => {
    const good = await owner.run(['test', 'Harbour']);
    expect([good.code, good.stdout]).toEqual([
      0,
      expect.stringMatching(/^✓ \w+ \(\d+ ms\)\n[\s\S]*Fingerprint SHA256:\S+ \(ssh-ed25519\), confirmed\nThe server can be used\.\n$/),
    ]);
    expect((await owner.run(['test', 'Harbour', '--json'])).json).toMatchObject({ ok: true, pinned: true });
    expect(await owner.run(['test', 'Lighthouse'])).toMatchObject({ code: 6, stdout: expect.stringContaining('✗') });
    expect(await owner.run(['test', 'Quay'])).toMatchObject({
      code: 6,
      stdout: expect.stringContaining('not confirmed yet'),
      stderr: 'Confirm it: clawmoor servers trust Quay\n',
    });
    expect(await reader.run(['test', 'Quay', '--json'])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('"code":"auth.scope_too_low"'),
    });
  });

  it('add a server with a key pair of its own, confirm its fingerprint and no other, and use it', async () => {
    const { port, username, pin, auth } = all.sshd.target;
    const place = `${username}@127.0.0.1:${port}`;
    const added = await owner.run(['servers', 'add', place, '--name', 'Ferry', '--tag', 'home', '--tag', 'spare', '--json']);
    expect([added.code, added.json]).toEqual([
      0,
      expect.objectContaining({
        name: 'Ferry',
        tags: ['home', 'spare'],
        authMethod: 'generated',
        publicKey: expect.stringMatching(/^ssh-ed25519 /),
      }),
    ]);
    const unconfirmed = await owner.run(['servers', 'trust', 'Ferry']);
    expect(unconfirmed).toMatchObject({ code: 6, stderr: expect.stringContaining(`clawmoor servers trust Ferry ${pin?.sha256}`) });
    expect(await owner.run(['servers', 'trust', 'Ferry', `SHA256:${'A'.repeat(43)}`])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('another fingerprint'),
    });
    expect((await owner.run(['servers', 'show', 'Ferry', '--json'])).json.hostKey).toBeNull();
    writeFileSync(join(all.sshd.dir, 'authorized_keys'), `${added.json.publicKey}\n`, { flag: 'a' });
    expect(await owner.run(['servers', 'trust', 'Ferry', pin?.sha256 ?? ''])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The server can be used.'),
    });
    await all.owner.remove(`/servers/${added.json.id}`);

    const key = join(cli.home, 'id');
    writeFileSync(key, 'privateKey' in auth ? String(auth.privateKey) : '', { mode: 0o600 });
    const whole = await owner.run(['servers', 'add', place, '--key', key, '--fingerprint', pin?.sha256 ?? '', '--json']);
    expect([whole.code, whole.json]).toEqual([
      0,
      expect.objectContaining({ name: '127.0.0.1', state: 'online', hostKey: { type: pin?.type, sha256: pin?.sha256 } }),
    ]);
    await all.owner.remove(`/servers/${whole.json.id}`);
  });

  it('ask at a terminal whether the fingerprint is the right one, and send nothing when it is not', async () => {
    const asking = owner.start(['servers', 'trust', 'Pier 7 at the old customs house'], { terminal: true });
    await asking.until(/Type yes: /);
    asking.type('no\n');
    expect(await asking.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('nothing secret was sent') });
    expect((await owner.run(['servers', 'show', all.servers.pier, '--json'])).json.hostKey).toBeNull();
    const again = owner.start(['servers', 'trust', all.servers.quay], { terminal: true });
    await again.until(/Type yes: /);
    again.type('yes\n');
    expect(await again.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('The server can be used.') });
  });

  it('list tasks, show one, print its whole log', async () => {
    const { failed, running } = all.tasks;
    const list = await owner.run(['tasks', 'harbour', '--limit', '3']);
    expect(list.stdout).toMatch(
      new RegExp(
        `^TASK +STATE +WHAT +SERVER +BEGUN +BY\n${running} +running 2/4 +setup.run +Harbour +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +Olga\n${failed} +failed`,
      ),
    );
    const more = (await owner.run(['tasks', '--json', '--limit', '3'])).json;
    expect(more).toEqual((await all.owner.get('/tasks?limit=3')).body);
    expect((await owner.run(['tasks', '--cursor', more.nextCursor, '--json'])).json.tasks[0].id).not.toBe(running);
    expect((await owner.run(['tasks', 'show', failed])).stdout).toMatch(
      /✓ Check the server \(21 s\)\n✓ Install Node.js \(21 s\)\n✗ Install OpenClaw \(21 s\)\nThe server does not reach the npm registry\n {2}Check its network/,
    );
    expect((await owner.run(['tasks', 'show', failed, '--json'])).json).toEqual((await all.owner.get(`/tasks/${failed}`)).body);
    const lines = (await owner.run(['tasks', 'log', failed])).stdout.trimEnd().split('\n');
    expect([lines.length, lines[499]]).toEqual([3_000, 'npm error network request to the registry failed, try 499']);
    const objects = (await owner.run(['tasks', 'log', failed, '--json'])).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.map(({ seq }) => seq)).toEqual(lines.map((_line, at) => at + 1));
    expect((await owner.run(['tasks', 'show', 'tsk_none'])).code).toBe(5);
  });

  it('start a setup as one task, follow it to its failure, retry it; the key of a model comes by stdin alone', async () => {
    const { lighthouse } = all.servers;
    const secret = 'sk-canary-0123456789abcdef';
    const words = ['setup', 'Lighthouse', '--provider', 'openai', '--model', 'gpt-x', '--openclaw', 'latest', '--agent-name', 'Deck'];
    expect(await owner.run(words)).toMatchObject({ code: 2, stderr: expect.stringContaining('--api-key-stdin') });
    const followed = await owner.run([...words, '--api-key-stdin', '--follow', '--log'], { input: `${secret}\n` });
    // Its host key is another one than the one that was confirmed: the task ends before it sends anything.
    expect([followed.code, followed.stdout]).toEqual([
      1,
      expect.stringMatching(/^… .+\n[\s\S]*✗ .+\n[\s\S]*The task has failed\.\n[\s\S]*clawmoor tasks retry tsk_/),
    ]);
    const id = /tasks retry (tsk_\S+)/.exec(followed.stdout)?.[1] ?? '';
    expect(await owner.run(['tasks', 'retry', id])).toMatchObject({ code: 2, stderr: expect.stringContaining('--secrets-stdin') });
    const [name = ''] = (await owner.run(['tasks', 'show', id, '--json'])).json.secretsNeeded;
    const again = await owner.run(['tasks', 'retry', id, '--secrets-stdin', '--follow', '--json'], {
      input: JSON.stringify({ [name]: secret }),
    });
    const events = again.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([again.code, events[0].event, events.at(-1).event]).toEqual([1, 'task', 'end']);
    expect(events.findLast(({ event }) => event === 'task').data).toMatchObject({ state: 'failed', serverId: lighthouse, retryOf: id });
    const asked = owner.start(['tasks', 'retry', id], { terminal: true });
    await asked.until(/it is not shown\): /);
    asked.type(`${secret}\n`);
    expect(await asked.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Started tsk_') });
    expect(followed.stdout + followed.stderr + again.stdout + again.stderr + asked.stdout() + all.test.logged()).not.toContain(secret);
  });

  it('say what a machine has and lacks before a setup', async () => {
    const checked = await owner.run(['setup', 'harbour', '--check']);
    expect(checked.stdout).toMatch(/^[✓!✗] /);
    const { code, json } = await owner.run(['setup', 'harbour', '--check', '--json']);
    expect([code, json.items.length > 5]).toEqual([json.verdict === 'block' ? 1 : 0, true]);
  });

  it('name the task that is in the way, and cancel one', async () => {
    const busy = await owner.run(['setup', 'harbour', '--json']);
    expect([busy.code, JSON.parse(busy.stderr)]).toEqual([
      6,
      expect.objectContaining({
        code: 'task.lane_busy',
        taskId: all.tasks.running,
        fix: `Follow it: clawmoor tasks --follow ${all.tasks.running}`,
      }),
    ]);
    expect(await reader.run(['tasks', 'cancel', all.tasks.running])).toMatchObject({ code: 4 });
    expect(await owner.run(['tasks', 'cancel', all.tasks.done])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('task.already_ended'),
    });
  });

  it('say where a gateway stands, and that a server without OpenClaw has no agents', async () => {
    const status = await owner.run(['openclaw', 'status', 'harbour']);
    expect([status.code, status.stdout]).toEqual([8, expect.stringMatching(/^✗ not_set_up/)]);
    expect((await owner.run(['openclaw', 'status', 'harbour', '--json'])).json).toMatchObject({ state: 'not_set_up' });
    expect(await owner.run(['agents', 'harbour'])).toMatchObject({ code: 6, stderr: expect.stringContaining('gateway.not_set_up') });
    expect(await owner.run(['agents', 'create', 'harbour', 'Not An Id'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('request.invalid'),
    });
  });

  it('make, list and fetch backups for super-admins, whole and for their owner alone', async () => {
    expect(await owner.run(['backup', 'list'])).toMatchObject({ code: 4, stderr: expect.stringContaining('auth.super_admin_only') });
    expect((await boss.run(['backup', 'list'])).stdout).toContain('clawmoor backup run');
    expect(await boss.run(['backup', 'download'])).toMatchObject({ code: 5 });
    expect(await boss.run(['backup', 'run'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Made \S+\.gz, \S+ kB, verified\.\n$/),
    });
    const made = (await boss.run(['backup', 'run', '--json'])).json;
    expect((await boss.run(['backup', 'list', '--json'])).json.backups[0]).toEqual(made);
    expect(await boss.run(['backup', 'download'])).toMatchObject({ code: 0 });
    const file = join(cli.home, made.filename);
    expect([createHash('sha256').update(readFileSync(file)).digest('hex'), statSync(file).mode & 0o777]).toEqual([made.sha256, 0o600]);
    expect(await boss.run(['backup', 'download', made.filename])).toMatchObject({ code: 6, stderr: expect.stringContaining('--force') });
    expect((await boss.run(['backup', 'download', made.filename, '--force', '--json'])).json).toEqual({ ...made, path: made.filename });
    expect(await boss.run(['backup', 'download', 'none.gz'])).toMatchObject({ code: 5 });
    expect(await boss.run(['backup', 'download', '--output', 'no/such/folder'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be written'),
    });
    // A file that is not what was made is not kept.
    const stored = join(all.test.dataDir, 'backups', made.filename);
    expect(existsSync(stored)).toBe(true);
    const bytes = readFileSync(stored);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    writeFileSync(stored, bytes);
    expect(await boss.run(['backup', 'download', made.filename, '--output', 'copy.gz'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was not written'),
    });
    expect(existsSync(join(cli.home, 'copy.gz'))).toBe(false);
  });

  it('search the audit log, of one server or of all', async () => {
    const mine = await owner.run(['audit', 'harbour', '--action', 'server.create']);
    expect(mine.stdout).toMatch(/^AT +WHO +ACTION +OBJECT +RESULT\n\S+ \S+ +Olga +server.create +\S+ +ok\n$/);
    expect(await owner.run(['audit'])).toMatchObject({ code: 4 });
    const { entries } = (await boss.run(['audit', '--limit', '5', '--json'])).json;
    expect(entries.length).toBe(5);
    expect(await boss.run(['audit', '--from', 'yesterday'])).toMatchObject({ code: 2, stderr: expect.stringContaining('from') });
  });

  it('call any operation of the API', async () => {
    expect((await owner.run(['api', 'GET', '/servers?x=1'])).code).toBe(0);
    expect((await owner.run(['api', 'get', `/servers/${all.servers.harbour}`])).json).toMatchObject({ name: 'Harbour' });
    const put = await owner.run(['api', 'PUT', '/me/notification-prefs', '--body-stdin'], { input: '{"muted": true}' });
    expect([put.code, put.json.muted]).toEqual([0, true]);
    expect(await owner.run(['api', 'GET', '/nothing'])).toMatchObject({ code: 5, stderr: expect.stringContaining('route.not_found') });
    expect(await owner.run(['api', 'LOOK', '/servers'])).toMatchObject({ code: 2 });
    expect(await boss.run(['api', 'GET', '/admin/audit/export'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('server.create'),
    });
  });

  it('obey nothing that somebody else has written into a name or a log (S33)', async () => {
    const evil = 'x\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e';
    const row = {
      id: 'tsk_evil0000000000000000',
      task_id: all.tasks.done,
      seq: 9_999,
      at: Date.now(),
      kind: 'log' as const,
      step: 'node',
      text: evil,
    };
    await all.test.world.db
      .insertInto('task_event')
      .values({ task_id: row.task_id, seq: row.seq, at: row.at, kind: row.kind, step: row.step, text: row.text })
      .execute();
    await all.test.world.db.updateTable('server').set({ name: evil }).where('id', '=', all.servers.quay).execute();
    for (const words of [
      ['servers'],
      ['servers', '--json'],
      ['tasks', 'log', all.tasks.done],
      ['tasks', 'log', all.tasks.done, '--json'],
      ['servers', 'show', 'nowhere'],
      ['api', 'GET', '/servers'],
    ]) {
      const { stdout, stderr } = await owner.run(words);
      expect(stdout + stderr, words.join(' ')).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
      expect(stdout + stderr, words.join(' ')).toContain('x');
    }
    expect((await owner.run(['servers', '--json'])).json.servers.find(({ id }: { id: string }) => id === all.servers.quay).name).toBe(evil);
  });

  it('explain themselves, and what is wrong with a call', async () => {
    expect(await cli.run([])).toMatchObject({ code: 0, stdout: expect.stringContaining('servers trust SERVER [FINGERPRINT]') });
    expect(await cli.run(['--version'])).toMatchObject({ code: 0, stdout: 'clawmoor 0.1.0\n' });
    const fromSource = await startProcess([process.execPath, join(ROOT, 'cli/src/main.ts'), '--version'], { env: cli.env }).ended;
    expect(fromSource).toMatchObject({ code: 0, stdout: 'clawmoor 0.1.0\n' });
    expect((await cli.run(['help', 'tasks', 'retry'])).stdout).toBe((await cli.run(['tasks', 'retry', '--help'])).stdout);
    for (const [words, expected] of [
      [['dance'], 'There is no command dance'],
      [['sevrers'], 'Did you mean: clawmoor servers'],
      [['backup'], 'There are: backup list, backup run, backup download'],
      [['test'], 'SERVER is missing: clawmoor test SERVER'],
      [['test', 'a', 'b'], '"b" is one word too many'],
      [['servers', '--nonsense'], "Unknown option '--nonsense'"],
      [['--nonsense'], 'Unknown option --nonsense'],
      [['setup', 'a', '--provider', 'magic'], '--provider is one of none, openai'],
      [['setup', 'a', '--port', '99999'], '--port is a whole number from 1 to 65535'],
      [['setup', 'a', '--model', 'x'], '--model needs --provider'],
      [['tasks', 'a', '--follow', 'tsk_x'], 'a server is one word too many'],
    ] as const) {
      // In this process: nothing of it reaches the network.
      const { code, stderr } = await runHere([...words], owner.env);
      expect([code, stderr], words.join(' ')).toEqual([2, expect.stringContaining(expected)]);
    }
  });
});

/** The same program without a process of its own, at no terminal. */
async function runHere(words: string[], env: Record<string, string>): Promise<{ code: number; stderr: string }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
  // The streams of a process have more to them; here they are a pipe's.
  const here = { stdout, stderr, stdin, env, signal: new AbortController().signal } as unknown as Parameters<typeof run>[1];
  const code = await run(words, here);
  return { code, stderr: String(stderr.read() ?? '') };
}
