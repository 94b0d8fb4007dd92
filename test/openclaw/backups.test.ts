import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { startGatewayWorld, type GatewayWorld } from '../support/gateway-world.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { SSHD } from '../support/sshd.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();

describeIf(why === undefined, `the real OpenClaw: ${why}`)("OpenClaw's own backups", () => {
  let all: GatewayWorld;
  const folder = (): string => join(all.sshd.home, '.clawmoor/openclaw-backups');
  const list = async () => (await all.admin.get(`${all.at}/backups`)).body.backups;
  const finished = async (path: string) => {
    const { status, body, text } = await all.owner.post(`${all.at}${path}`);
    expect(status, text).toBe(202);
    return all.ended(body.taskId);
  };

  beforeAll(async () => {
    all = await startGatewayWorld();
    await all.installLauncher();
  }, 300_000);
  afterAll(() => all[Symbol.asyncDispose]());

  it('are made while the gateway runs, verified, and listed', async () => {
    expect(await list()).toEqual([]);
    const task = await finished('/backups');
    expect(task, JSON.stringify(task.error)).toMatchObject({ state: 'succeeded' });
    const [backup, ...others] = await list();
    expect(others).toEqual([]);
    expect(backup).toMatchObject({
      id: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const files = readdirSync(folder()).toSorted();
    expect(files).toEqual([`${backup.id}.sha256`, `${backup.id}.tar.gz`]);
    for (const file of files) expect(statSync(join(folder(), file)).mode & 0o077).toBe(0);
    expect((await all.viewer.get(`${all.at}/backups`)).status).toBe(403);
  }, 90_000);

  it('are downloaded by their owner alone, by a link that is good once, as they lie there', async () => {
    const [{ id, sha256, size }] = await list();
    const path = `${all.at}/backups/${id}/file`;
    expect((await all.admin.get(path)).status).toBe(403);
    const { url } = (await all.owner.post('/tickets', { path })).body;
    const answer = await fetch(`${all.test.url}${url}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([answer.status, bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([200, size, sha256]);
    expect(answer.headers.get('content-disposition')).toContain(`openclaw-${id}.tar.gz`);
    expect((await fetch(`${all.test.url}${url}`)).status).not.toBe(200);
    const aside = mkdtempSync(join(tmpdir(), 'clawmoor-backup-'));
    writeFileSync(join(aside, 'b.tar.gz'), bytes);
    expect(execFileSync('tar', ['-tzf', join(aside, 'b.tar.gz')], { encoding: 'utf8' })).toContain('openclaw.json');
    rmSync(aside, { recursive: true });
  });

  it('are unpacked into a folder of their own, and what runs is not touched', async () => {
    const [{ id }] = await list();
    const before = all.openclaw.config.read();
    expect(await finished(`/backups/${id}/restore`)).toMatchObject({ state: 'succeeded' });
    expect(execFileSync('find', [join(folder(), `restored-${id}`), '-name', 'openclaw.json'], { encoding: 'utf8' })).toContain(
      'openclaw.json',
    );
    expect(all.openclaw.config.read()).toEqual(before);
    expect((await all.viewer.get(`${all.at}/status`)).body.state).toBe('ready');
  }, 60_000);

  it('are checked, and one that was changed is told apart', async () => {
    const [{ id }] = await list();
    expect(await finished(`/backups/${id}/verify`)).toMatchObject({ state: 'succeeded' });
    appendFileSync(join(folder(), `${id}.tar.gz`), 'x');
    expect(await finished(`/backups/${id}/verify`)).toMatchObject({ state: 'failed', error: { code: 'openclaw_backup.damaged' } });
  }, 60_000);

  it('are deleted with all that belongs to them; what is not there, or is no name, is not found', async () => {
    const [{ id }] = await list();
    expect((await all.owner.remove(`${all.at}/backups/${id}`)).status).toBe(204);
    expect(readdirSync(folder())).toEqual([]);
    for (const name of [id, '..', '..%2F..%2F.openclaw', 'x'.repeat(300)])
      expect((await all.owner.remove(`${all.at}/backups/${name}`)).status, name).toBe(404);
    expect(existsSync(join(all.sshd.home, '.openclaw/openclaw.json'))).toBe(true);
  });

  it('say why they could not be made, and leave nothing half', async () => {
    writeFileSync(
      join(all.sshd.home, '.local/bin/openclaw'),
      '#!/bin/sh\necho "{\\"ok\\":false,\\"error\\":{\\"message\\":\\"no space left\\"}}"; exit 1\n',
    );
    expect(await finished('/backups')).toMatchObject({
      state: 'failed',
      error: { code: 'openclaw_backup.failed', message: expect.stringContaining('no space left') },
    });
    expect(await list()).toEqual([]);
  });
});
