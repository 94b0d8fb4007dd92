import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { describeIf } from '../support/needs.ts';
import { startOllamaWorld, type OllamaWorld } from '../support/ollama-world.ts';
import { statesOf } from '../support/setup.ts';
import { SSHD } from '../support/sshd.ts';

describeIf(SSHD !== undefined, 'there is no sshd')('Ollama on a server, over a real sshd', () => {
  let world: OllamaWorld;
  const folder = (path: string): string => join(world.sshd.home, '.clawmoor', path);
  const status = async () => (await world.owner.get(world.at('/status'))).body;
  const pull = async (model: string): Promise<{ task: Task; log: string }> => {
    const { body } = await world.owner.post(world.at('/pull-model'), { model });
    const task = await world.until(body.taskId);
    return { task, log: await world.logOf(task.id) };
  };
  beforeAll(async () => void (world = await startOllamaWorld()));
  afterAll(() => world[Symbol.asyncDispose]());

  it('says what a bare server could run, and pulls nothing to it', async () => {
    const before = await status();
    expect(before).toMatchObject({
      installed: false,
      running: false,
      version: null,
      origin: null,
      exposed: false,
      unsupported: null,
      models: [],
    });
    expect(before.known.length).toBeGreaterThan(5);
    expect(before.known.find(({ name }: { name: string }) => name === 'all-minilm')).toMatchObject({ installed: false, dimensions: 384 });
    const refused = await world.owner.post(world.at('/pull-model'), { model: 'all-minilm' });
    expect([refused.status, refused.body.code]).toEqual([409, 'ollama.not_installed']);
    expect((await world.viewer.get(world.at('/status'))).status).toBe(200);
    expect((await world.viewer.post(world.at('/install'))).body.code).toBe('auth.role_too_low');
  });

  it('refuses an archive that is not the pinned one, and keeps nothing of it', async () => {
    const unknown = await world.owner.post(world.at('/install'), { version: '1.2.3' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'ollama.version_not_found']);
    world.releases.tamper(true);
    const { body } = await world.owner.post(world.at('/install'), { version: '9.9.1' });
    const task = await world.until(body.taskId);
    world.releases.tamper(false);
    expect([task.state, task.error?.code]).toEqual(['failed', 'ollama.checksum']);
    expect([existsSync(folder('ollama')), existsSync(folder('ollama.new'))]).toEqual([false, false]);
  });

  it('installs what a processor needs, going on where the download was cut, and keeps it running on loopback alone', async () => {
    world.releases.cutNext();
    world.releases.asked.length = 0;
    const task = await world.install();
    expect([task.state, task.error], await world.logOf(task.id)).toEqual(['succeeded', null]);
    expect(world.releases.asked.map((line) => line.split(' ')[1] !== '0')).toEqual([false, true]);
    expect(task.steps.find(({ key }) => key === 'ollama-unpack')?.percent).toBe(100);
    expect(readFileSync(folder('ollama/lib/ollama/libggml-base.so'), 'utf8')).toBe('a library');
    for (const excluded of ['cuda_v12', 'cuda_v13', 'mlx_cuda_v13', 'rocm', 'vulkan'])
      expect(existsSync(folder(`ollama/lib/ollama/${excluded}`))).toBe(false);
    expect(readFileSync(folder('ollama-service/ollama.log'), 'utf8')).toContain(`Listening on 127.0.0.1:${world.port}, no cloud`);
    expect(await status()).toMatchObject({
      installed: true,
      running: true,
      version: '9.9.1',
      origin: 'clawmoor',
      updateAvailable: false,
      exposed: false,
      baseUrl: `http://127.0.0.1:${world.port}`,
    });
  });

  it('changes nothing when it is installed again, and restarts into another version', async () => {
    const again = await world.install();
    expect(statesOf(again)).toMatchObject({
      node: 'skipped',
      'ollama-unpack': 'skipped',
      'ollama-service': 'skipped',
      'ollama-answer': 'skipped',
    });
    const { body } = await world.owner.post(`/servers/${world.serverId}/setup/update-component`, { component: 'ollama', version: '9.9.2' });
    const task = await world.until(body.taskId);
    expect(statesOf(task)).toMatchObject({ 'ollama-unpack': 'succeeded', 'ollama-service': 'succeeded' });
    expect((await status()).version).toBe('9.9.2');
  });

  it('brings a model with one percentage, going on where it broke off, and tries it', async () => {
    const { task, log } = await pull('torn-minilm');
    expect([task.state, task.error], log).toEqual(['succeeded', null]);
    expect(log).toContain('unexpected EOF; going on with it');
    expect(log).toMatch(/It works: vectors of 8 numbers/);
    expect(log).not.toContain('percent');
    expect(task.steps.find(({ key }) => key === 'ollama-pull')?.percent).toBe(100);
    const { models } = await status();
    expect(models).toEqual([
      expect.objectContaining({
        name: 'torn-minilm:latest',
        sizeBytes: 28_000_000,
        embedding: true,
        loaded: expect.objectContaining({ bytes: 28_000_000 }),
      }),
    ]);
    expect(statesOf((await pull('torn-minilm:latest')).task)).toMatchObject({ 'ollama-pull': 'skipped' });
  });

  it('shows how far a pull is, stops it when asked, and goes on from there', async () => {
    const { body } = await world.owner.post(world.at('/pull-model'), { model: 'slow' });
    const step = (task: Task) => task.steps.find(({ key }) => key === 'ollama-pull');
    const first = step(await world.until(body.taskId, (task) => (step(task)?.percent ?? 0) >= 1))?.percent ?? 0;
    await world.until(body.taskId, (task) => (step(task)?.percent ?? 0) >= Math.max(20, first + 1));
    const busy = await world.owner.post(world.at('/pull-model'), { model: 'other' });
    expect(busy.body).toMatchObject({ code: 'task.lane_busy', taskId: body.taskId });
    await world.owner.post(`/tasks/${body.taskId}/cancel`);
    expect((await world.until(body.taskId)).state).toBe('cancelled');
    expect((await status()).models.map(({ name }: { name: string }) => name)).not.toContain('slow:latest');
    const again = await world.owner.post(world.at('/pull-model'), { model: 'slow' });
    // The first figure that is told is the one at which it stopped.
    const seen = await world.until(again.body.taskId, (task) => step(task)?.percent != null);
    expect(step(seen)?.percent).toBeGreaterThanOrEqual(20);
    expect((await world.until(again.body.taskId)).state).toBe('succeeded');
  });

  it('refuses what does not fit, what is not there, what would leave the server, and what makes no sense', async () => {
    const cloud = await world.owner.post(world.at('/pull-model'), { model: 'gpt-oss:120b-cloud' });
    expect([cloud.status, cloud.body.code]).toEqual([400, 'ollama.cloud_model']);
    expect((await world.owner.post(world.at('/pull-model'), { model: '../etc; rm' })).body.code).toBe('request.invalid');
    const huge = await pull('huge');
    expect([huge.task.state, huge.task.error?.code]).toEqual(['failed', 'ollama.does_not_fit']);
    expect(huge.task.error?.message).toMatch(/needs \d+\.\d GB of memory/);
    expect((await pull('missing')).task.error?.code).toBe('ollama.model_not_found');
    expect((await pull('silly')).task.error?.code).toBe('ollama.model_fails');
    expect((await pull('talker')).log).toContain('document collections cannot use it');
  });

  it('deletes a model, and says when there is none', async () => {
    const remove = (name: string) => world.owner.remove(world.at(`/models/${encodeURIComponent(name)}`));
    expect((await remove('slow:latest')).status).toBe(204);
    expect((await status()).models.map(({ name }: { name: string }) => name)).not.toContain('slow:latest');
    expect((await remove('slow:latest')).body.code).toBe('ollama.model_not_found');
    expect((await world.viewer.remove(world.at('/models/silly'))).body.code).toBe('auth.role_too_low');
  });
});
