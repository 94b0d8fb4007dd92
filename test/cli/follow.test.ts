import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCli, type TestCli } from '../support/cli.ts';
import { addOpenTask } from '../support/feed.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

// Dozens of processes: on a busy machine each takes a second.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('Following a task on the command line', () => {
  let test: TestWorld;
  let relay: Relay;
  let owner: Person;
  let cli: TestCli;
  let serverId: string;
  let id: string;
  beforeAll(async () => {
    test = await startWorld();
    relay = await startRelay(Number(new URL(test.url).port));
    owner = await test.person(1, 'Olga');
    serverId = (await owner.post('/servers', { name: 'ship', host: 'example.com', username: 'root', authMethod: 'generated' })).body.id;
    const { token } = (await owner.post('/me/tokens', { name: 'cli', scope: 'write' })).body;
    cli = (await createCli(`http://127.0.0.1:${relay.port}`)).as({ token });
  });
  beforeEach(async () => {
    relay.restore();
    id = await addOpenTask(test, serverId, owner.id);
    await addLines(1, 3);
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  /** Lines as the engine writes them. */
  async function addLines(from: number, to: number): Promise<void> {
    const lines = Array.from({ length: to - from + 1 }, (_, at) => ({
      task_id: id,
      seq: from + at,
      at: Date.now(),
      kind: 'log' as const,
      step: 'x',
      text: `line ${from + at}`,
    }));
    for (let at = 0; at < lines.length; at += 1_000)
      await test.world.db
        .insertInto('task_event')
        .values(lines.slice(at, at + 1_000))
        .execute();
    await test.world.db.updateTable('task').set({ last_seq: to }).where('id', '=', id).execute();
  }
  const end = (): Promise<unknown> => owner.post(`/tasks/${id}/cancel`);
  const eventsOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const seqsOf = (text: string): number[] =>
    eventsOf(text).flatMap(({ event, data }) => (event === 'log' ? data.lines.map(({ seq }: { seq: number }) => seq) : []));

  it('is NDJSON of what the API emits, goes on after a cut connection without a gap, and tells how it ended (R11)', async () => {
    const following = cli.start(['tasks', '--follow', id, '--json']);
    await following.until(/line 3/);
    relay.block();
    await addLines(4, 6);
    await following.until(/trying again/);
    relay.restore();
    await following.until(/line 6/);
    await end();
    const { code, stdout } = await following.ended;
    expect([code, seqsOf(stdout)]).toEqual([1, [1, 2, 3, 4, 5, 6]]);
    const events = eventsOf(stdout);
    expect([events[0].event, events[0].data.id, events.at(-1)]).toEqual(['task', id, { event: 'end', data: {} }]);
  });

  it('leaves the task running at Ctrl-C, and says how to go on and how to stop it', async () => {
    const following = cli.start(['tasks', '--follow', id, '--log']);
    await following.until(/line 3/);
    following.kill('SIGINT');
    const { code, stderr } = await following.ended;
    expect([code, stderr]).toEqual([
      130,
      `The task goes on. Follow it: clawmoor tasks --follow ${id}\nStop it: clawmoor tasks cancel ${id}\n`,
    ]);
    expect((await owner.get(`/tasks/${id}`)).body.state).toBe('running');
    expect(await cli.run(['tasks', 'cancel', id])).toMatchObject({ code: 0, stdout: 'It is stopped.\n' });
    expect(await cli.run(['tasks', '--follow', id])).toMatchObject({ code: 1, stdout: expect.stringContaining('The task was cancelled.') });
  });

  it('leaves by Ctrl-C at a terminal too', async () => {
    const following = cli.start(['tasks', '--follow', id, '--log'], { terminal: true });
    await following.until(/line 3/);
    following.type('\u0003');
    expect(await following.ended).toMatchObject({ code: 130, stdout: expect.stringContaining('The task goes on.') });
    await end();
  });

  it('gives up with 7 when Clawmoor stays away, and says that the task goes on', async () => {
    const following = cli.start(['tasks', '--follow', id, '--give-up', '1', '--log']);
    await following.until(/line 3/);
    relay.block();
    expect(await following.ended).toMatchObject({
      code: 7,
      stderr: expect.stringContaining(`Follow it later: clawmoor tasks --follow ${id}`),
    });
    await end();
  });

  it('shows the lines that a feed has left out', async () => {
    await addLines(4, 21_500);
    await end();
    const { stdout } = await cli.run(['tasks', '--follow', id, '--log']);
    const lines = stdout.split('\n').filter((line) => line.startsWith('    line '));
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([21_500, '    line 1', '    line 21500']);
  });

  it('ends with 3 when the token is ended meanwhile, with 5 for a task that nobody may see', async () => {
    const made = (await owner.post('/me/tokens', { name: 'short', scope: 'read' })).body;
    const following = cli.as(made).start(['tasks', '--follow', id, '--log']);
    await following.until(/line 3/);
    await owner.remove(`/me/tokens/${made.id}`);
    expect(await following.ended).toMatchObject({ code: 3, stderr: expect.stringContaining('clawmoor login') });
    expect(await cli.run(['tasks', '--follow', 'tsk_none'])).toMatchObject({ code: 5, stderr: expect.stringContaining('task.not_found') });
    await end();
  });
});
