import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCli } from '../support/cli.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { describeIf } from '../support/needs.ts';
import { judgedFetch } from '../support/response-tap.ts';
import { freePort } from '../support/sshd.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const SETUP_MS = 300_000;
const LOOK_EVERY_MS = 500;
const nap = () => new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));

/** The real process with nothing configured, in a folder of its own, and its page's first request. */
async function startTrial(folder: string) {
  const child = spawn(process.execPath, [join(ROOT, 'backend/src/main.ts')], {
    cwd: folder,
    env: { ...process.env, PORT: '0', APP_DOMAIN: '', DATA_DIR: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk))));
  const url = line.trim().split(' ').at(-1) ?? '';
  const send = async (method: string, path: string, body?: unknown, token?: string) => {
    const response = await judgedFetch(`${url}/api${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const { body } = await send('POST', '/auth/trial', {});
  const get = (path: string) => send('GET', path, undefined, body.token);
  const post = (path: string, content: unknown) => send('POST', path, content, body.token);
  const [machine] = (await get('/servers')).body.servers;
  return { child, get, post, url, id: String(machine.id) };
}

const ended = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('exit', resolve));

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

describeIf(process.platform === 'linux', 'the local trial: it needs Linux')('The local trial', () => {
  let folder: string;
  let model: ModelServer;
  let port: number;
  let trial: Awaited<ReturnType<typeof startTrial>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clawmoor-trial-'));
    [model, port] = await Promise.all([startModelServer(), freePort()]);
    trial = await startTrial(folder);
  });
  afterAll(async () => {
    trial.child.kill('SIGKILL');
    await run(process.execPath, [join(ROOT, 'deploy/remove-trial.mjs')], { cwd: folder }).catch(() => undefined);
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('sets the real OpenClaw up on this machine, below the data folder and nowhere else', { timeout: SETUP_MS }, async () => {
    const provider = { kind: 'openai-compatible', baseUrl: `http://127.0.0.1:${model.port}/v1`, model: 'test-model' };
    const started = await trial.post(`/servers/${trial.id}/setup/run`, { port, provider, agent: { name: 'Harbour' } });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    let task;
    do {
      await nap();
      task = (await trial.get(`/tasks/${started.body.taskId}`)).body;
    } while (task.state === 'queued' || task.state === 'running');
    expect([task.state, task.error]).toEqual(['succeeded', null]);
    expect((await trial.get(`/servers/${trial.id}/openclaw/agents`)).body.agents).toMatchObject([{ id: 'main', name: 'Harbour' }]);
    expect(existsSync(join(folder, 'data/trial/home/.openclaw/openclaw.json'))).toBe(true);
  });

  it('does its work from the command line too: sign-in, setup, agents, restart', { timeout: SETUP_MS }, async () => {
    await using cli = await createCli();
    const run = async (...words: string[]): Promise<string> => {
      const { code, stdout, stderr } = await cli.run(words);
      expect(code, `${words.join(' ')}\n${stdout}${stderr}`).toBe(0);
      return stdout;
    };
    expect(await run('login', '--trial', trial.url)).toContain('scope admin');
    expect(await run('servers')).toMatch(/This machine +online/);
    const again = await run('setup', 'This machine', '--port', String(port), '--follow');
    expect(again).toMatch(/✓ Install OpenClaw \(was so already\)\n[\s\S]*Done\.\n$/);
    expect(await run('agents', 'create', 'This machine', 'pilot', '--name', 'Pilot')).toBe('Created Pilot (pilot).\n');
    expect(await run('agents', 'This machine')).toMatch(
      /^ID +NAME +MODEL +DEFAULT +WORKSPACE\nmain +Harbour .* yes [\s\S]*\npilot +Pilot /,
    );
    const events = (await run('openclaw', 'restart', 'This machine', '--follow', '--json'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.findLast(({ event }) => event === 'task').data).toMatchObject({ type: 'openclaw.restart', state: 'succeeded' });
    expect(await run('openclaw', 'status', 'This machine')).toMatch(/^✓ ready\nOpenClaw \S+, port \d+, 2 agents/);
    await run('logout');
  });

  it('leaves the gateway running when it is killed, and finds it again', { timeout: 60_000 }, async () => {
    trial.child.kill('SIGKILL');
    await ended(trial.child);
    expect(await answers(port)).toBe(true);
    trial = await startTrial(folder);
    expect((await trial.get(`/servers/${trial.id}/openclaw/status`)).body).toMatchObject({ state: 'ready', port });
  });

  it('brings a gateway that died back by itself', { timeout: 90_000 }, async () => {
    const pidFile = join(folder, 'data/trial/home/.clawmoor/gateway/gateway.pid');
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    let health;
    do {
      await nap();
      health = (await trial.get(`/servers/${trial.id}/setup/verify-health?wait=60`)).body;
    } while (!health.ok);
    expect(health).toMatchObject({ ok: true, ready: true, rpc: true });
  });

  it('is removed by one command with all that it started, but not while it runs', { timeout: 180_000 }, async () => {
    const remove = () =>
      run(process.execPath, [join(ROOT, 'deploy/remove-trial.mjs')], { cwd: folder, env: { ...process.env, DATA_DIR: '' } });
    await expect(remove()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Stop it first') });
    trial.child.kill('SIGTERM');
    await ended(trial.child);
    expect((await remove()).stdout).toContain('The local trial is gone');
    expect(await answers(port)).toBe(false);
    expect([existsSync(join(folder, 'data')), existsSync(join(folder, '.clawmoor'))]).toEqual([false, false]);
    await expect(remove()).rejects.toMatchObject({ stderr: expect.stringContaining('There is no local trial') });
  });
});
