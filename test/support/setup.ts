import { expect } from 'vitest';
import type { DebianHost, TestUser } from '../host/debian.ts';
import type { Person } from './world.ts';

/** Adds a server the way the app does: add, test, confirm the fingerprint that is really the host's, test again. */
export async function addServer(owner: Person, host: DebianHost, login: Record<string, unknown>, username: TestUser): Promise<string> {
  const added = await owner.post('/servers', { name: `as ${username}`, host: host.address, username, ...login });
  expect(added.status, added.text).toBe(201);
  const { id } = added.body;
  const first = await owner.post(`/servers/${id}/test`);
  expect(first.body).toMatchObject({ ok: false, code: 'ssh.host_key_unconfirmed', pinned: false });
  const real = await host.exec('for f in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $f; done', 'root');
  expect(real).toContain(first.body.hostKey.sha256);
  expect((await owner.post(`/servers/${id}/host-key`, { sha256: first.body.hostKey.sha256 })).status).toBe(200);
  const second = await owner.post(`/servers/${id}/test`);
  expect(second.body, second.text).toMatchObject({ ok: true, pinned: true });
  return id;
}

/** The task when it is over, whatever became of it. */
export async function finished(owner: Person, taskId: string) {
  for (;;) {
    const { body } = await owner.get(`/tasks/${taskId}`);
    if (body.state !== 'queued' && body.state !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export const statesOf = (task: { steps: { key: string; state: string }[] }): Record<string, string> =>
  Object.fromEntries(task.steps.map(({ key, state }) => [key, state]));
