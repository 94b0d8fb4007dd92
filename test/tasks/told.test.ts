import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOUR_MS, stepClock } from '../support/clock.ts';
import { addServer, expectOk, until } from '../support/daily-world.ts';
import { startFakeBotApi, type ChatMessage, type FakeBotApi } from '../support/fake-bot-api.ts';
import { AT_ONCE, startListeners, type Listeners } from '../support/listeners.ts';
import { describeIf } from '../support/needs.ts';
import { finished } from '../support/setup.ts';
import { SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { BOT_TOKEN, startWorld, type Person, type TestWorld } from '../support/world.ts';

/** What nobody looks for on a server, and people are told all the same; each is caused for real. */
describeIf(SSHD !== undefined, 'there is no sshd')('People are told', () => {
  const clock = stepClock();
  let sshd: TestSshd;
  let api: FakeBotApi;
  let test: TestWorld;
  let owner: Person;
  let serverId: string;
  let them: Listeners;

  beforeAll(async () => {
    [sshd, api] = await Promise.all([startSshd(), startFakeBotApi({ token: BOT_TOKEN })]);
    test = await startWorld({
      env: { TELEGRAM_API_ROOT: api.root, SUPER_ADMIN_IDS: '11,12,13', ...AT_ONCE.env },
      overrides: { clock, pace: AT_ONCE.pace },
    });
    owner = await test.person(101, 'Olga');
    serverId = await addServer(owner, sshd);
    them = await startListeners({ test, api, serverId });
    await them.settled();
    expect(api.of('sendMessage')).toEqual([]);
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await Promise.all([api[Symbol.asyncDispose](), sshd[Symbol.asyncDispose]()]);
  });

  it('of the end of a task that they have started, and why it failed', async () => {
    const ids: string[] = [];
    for (const who of them.people) {
      const person = await them.signIn(who);
      const started = await person.post(`/servers/${serverId}/setup/systemd`);
      expect(started.status, started.text).toBe(202);
      const task = await finished(person, started.body.taskId);
      expect([task.state, task.error?.code]).toEqual(['failed', 'setup.openclaw_missing']);
      ids.push(task.id);
    }
    await test.world.watching.follow();
    const message = await them.says('Task', 'failed: ');
    expect(message.text).toMatch(/^⚠️ <b>ship<\/b> · Task\nsystemd failed: OpenClaw /);
    expect(message.buttons).toEqual([{ text: 'Open', url: expect.stringContaining(`task_${ids[0]}`) }]);
    them.hides('Task');
  });

  it('of access that is given, changed and taken, by name', async () => {
    const members = (id: number | string = ''): string => `/servers/${serverId}/access/${id}`;
    const read = async (part: string): Promise<ChatMessage> => {
      await test.world.watching.follow();
      return them.says('Access', part);
    };
    for (const { id } of them.people) expectOk(await owner.put(members(id), { role: 'viewer' }));
    expect((await read('Olga has made you viewer.')).buttons).toEqual([{ text: 'Open', url: expect.stringContaining(`srv_${serverId}`) }]);
    for (const { id } of them.people) expect((await owner.remove(members(id))).status).toBe(204);
    expect((await read('Olga has ended your access.')).buttons).toEqual([]);
    for (const { id } of them.people) {
      expectOk(await owner.post(`/servers/${serverId}/access`, { userId: String(id), role: 'admin' }));
    }
    await read('Olga has made you admin.');
    them.hides('Access');
    // The owner's own deeds are no news to her, but those of others are: somebody leaves.
    const [hears] = them.people;
    await test.person(101, 'Olga', {
      user: JSON.stringify({ id: 101, first_name: 'Olga', language_code: 'ru', allows_write_to_pm: true }),
    });
    if (hears) expect((await (await them.signIn(hears)).post(members('leave'))).status).toBe(204);
    await test.world.watching.follow();
    await until(async () => api.chat(101).find(({ text }) => text.includes('Hedda')), 'the owner reads who has left');
    expectOk(await owner.post(`/servers/${serverId}/access`, { userId: '11', role: 'admin' }));
  });

  it('of a backup that fails, of one that is too old, and when there is a fresh one', async () => {
    const folder = join(test.dataDir, 'backups');
    const { run } = test.world.admin.backups;
    const says = async (part: string): Promise<ChatMessage> => {
      await test.world.watching.lookAtInstallation();
      return them.says('Backup', part);
    };
    await run('schedule');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder was');
    await expect(run('schedule')).rejects.toThrow('EEXIST');
    const failed = await says('The last one failed. The last good one is 0 hours old.');
    expect(failed.text).toMatch(/^🔴/);
    rmSync(folder);
    await run('schedule');
    await test.world.watching.lookAtInstallation();
    await them.ends('Backup', 'There is a fresh one again', failed);
    clock.step(25 * HOUR_MS);
    await test.world.watching.lookAtInstallation();
    await them.settled();
    expect(them.read('Backup')).toHaveLength(1);
    clock.step(HOUR_MS + 60_000);
    const old = await says('The last good one is 26 hours old.');
    await run('schedule');
    await test.world.watching.lookAtInstallation();
    await them.ends('Backup', 'There is a fresh one again', old);
  });

  it('all of that once in the morning, who was asleep; and nothing, who has muted everything', () => them.wake());
});
