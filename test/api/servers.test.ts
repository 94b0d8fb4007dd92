import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import ssh2 from 'ssh2';
import { generateKeyPair } from '../../backend/src/adapters/ssh/keys.ts';
import { freePort, SSHD, startSshd, type TestSshd } from '../support/sshd.ts';
import { describeIf } from '../support/needs.ts';
import { tamper } from '../support/store.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

const SECRETS = { password: 'canary-password-5521', sudo: 'canary-sudo-8812', passphrase: 'canary-passphrase-0193' };

/** An ed25519 key behind a passphrase. One in 256 that ssh2 makes cannot be read, so again until one can. */
function lockedKey(passphrase: string): string {
  const { private: locked } = ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 4 });
  return ssh2.utils.parseKey(locked, passphrase) instanceof Error ? lockedKey(passphrase) : locked;
}

describeIf(SSHD !== undefined, 'there is no sshd')('Servers', () => {
  let test: TestWorld;
  let owner: Person;
  let sshd: TestSshd;
  let privateKey: string;
  beforeAll(async () => {
    sshd = await startSshd();
    if (!('privateKey' in sshd.target.auth)) throw new Error('the test sshd logs in by key');
    privateKey = sshd.target.auth.privateKey;
    test = await startWorld({
      overrides: {
        resolve: async (host) =>
          host === 'rebind.example' ? ['127.0.0.1'] : host === 'mixed.example' ? ['93.184.215.14', '169.254.169.254'] : [],
      },
    });
    owner = await test.person(1, 'Olga');
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  const place = () => ({ name: 'ship', host: '127.0.0.1', port: sshd.port, username: sshd.target.username });
  const add = async (body: Record<string, unknown>): Promise<string> => {
    const answer = await owner.post('/servers', body);
    expect(answer.status, answer.text).toBe(201);
    return answer.body.id;
  };
  async function addPinned(): Promise<string> {
    const id = await add({ ...place(), authMethod: 'key', privateKey });
    const { body } = await owner.post(`/servers/${id}/test`);
    await owner.post(`/servers/${id}/host-key`, { sha256: body.hostKey.sha256 });
    return id;
  }

  it('asks for the fingerprint before any credential is sent, then logs in (S22)', async () => {
    const id = await add({ ...place(), authMethod: 'key', privateKey, tags: ['prod'] });
    const first = await owner.post(`/servers/${id}/test`);
    expect(first.body).toMatchObject({
      ok: false,
      code: 'ssh.host_key_unconfirmed',
      pinned: false,
      hostKey: { type: 'ssh-ed25519', sha256: sshd.target.pin?.sha256 },
    });
    expect(first.body.stages.map(({ stage }: { stage: string }) => stage)).toEqual(['resolve', 'tcp', 'banner', 'host_key']);
    expect(sshd.log()).not.toMatch(/Accepted|Failed publickey|Postponed/);
    expect((await owner.get(`/servers/${id}/setup/check-prereqs`)).body.code).toBe('ssh.host_key_unconfirmed');
    expect((await owner.post(`/servers/${id}/host-key`, { sha256: `SHA256:${'A'.repeat(43)}` })).body.code).toBe(
      'server.host_key_not_seen',
    );
    const pinned = await owner.post(`/servers/${id}/host-key`, { sha256: first.body.hostKey.sha256 });
    expect(pinned.body.hostKey).toEqual(first.body.hostKey);
    const second = await owner.post(`/servers/${id}/test`);
    expect(second.body).toMatchObject({ ok: true, pinned: true });
    expect((await owner.get(`/servers/${id}`)).body).toMatchObject({
      state: 'online',
      role: 'owner',
      tags: ['prod'],
      hasKey: true,
      hasPassword: false,
    });
  });

  it('connects no more when the host key has changed, until the owner has confirmed the new one by step-up (S8 S23)', async () => {
    const port = await freePort();
    let id: string;
    {
      await using before = await startSshd({ port });
      const login = 'privateKey' in before.target.auth ? before.target.auth.privateKey : '';
      id = await add({ ...place(), port, authMethod: 'key', privateKey: login });
      const { body } = await owner.post(`/servers/${id}/test`);
      await owner.post(`/servers/${id}/host-key`, { sha256: body.hostKey.sha256 });
      expect((await owner.post(`/servers/${id}/test`)).body.ok).toBe(true);
    }
    await using reinstalled = await startSshd({ port });
    if (!('privateKey' in reinstalled.target.auth)) throw new Error('the test sshd logs in by key');
    await owner.put(`/servers/${id}`, { privateKey: reinstalled.target.auth.privateKey });
    const changed = await owner.post(`/servers/${id}/test`);
    expect(changed.body).toMatchObject({ ok: false, code: 'ssh.host_key_changed', hostKey: { sha256: reinstalled.target.pin?.sha256 } });
    const { sha256 } = changed.body.hostKey;
    const refused = await owner.post(`/servers/${id}/host-key`, { sha256 });
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.step_up_required']);
    expect((await owner.post(`/servers/${id}/test`)).body.ok).toBe(false);
    expect((await owner.post(`/servers/${id}/host-key`, { sha256 }, { 'x-step-up': await test.stepUp(owner) })).status).toBe(200);
    expect((await owner.post(`/servers/${id}/test`)).body).toMatchObject({ ok: true, pinned: true });
  });

  it('makes a key pair and shows its public line only (S32)', async () => {
    const { body, text } = await owner.post('/servers', { ...place(), authMethod: 'generated' });
    expect(body.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+ clawmoor$/);
    expect(text).not.toContain('PRIVATE');
  });

  it('shows where it is and how we log in to admin and owner, never to a viewer (S19)', async () => {
    const id = await add({ ...place(), authMethod: 'password', password: SECRETS.password, sudoPassword: SECRETS.sudo });
    const viewer = await test.person(2);
    await test.grant(id, '2', 'viewer');
    expect(Object.keys((await viewer.get(`/servers/${id}`)).body).toSorted()).toEqual([
      'createdAt',
      'id',
      'kind',
      'name',
      'openTaskId',
      'role',
      'state',
      'stateAt',
      'tags',
      'updatedAt',
    ]);
    const admin = await test.person(3);
    await test.grant(id, '3', 'admin');
    expect((await admin.get(`/servers/${id}`)).body).toMatchObject({
      host: '127.0.0.1',
      hasPassword: true,
      hasSudoPassword: true,
      hostKey: null,
    });
  });

  it('asks for the secret again when host, port or user name changes, and forgets the pin (S25)', async () => {
    const id = await addPinned();
    const moved = await owner.put(`/servers/${id}`, { host: 'localhost' });
    expect([moved.status, moved.body.code, moved.body.issues[0].path]).toEqual([400, 'server.secret_required', 'privateKey']);
    expect((await owner.put(`/servers/${id}`, { name: 'renamed' })).body).toMatchObject({
      name: 'renamed',
      hostKey: { type: 'ssh-ed25519' },
    });
    const again = await owner.put(`/servers/${id}`, { host: 'localhost', privateKey });
    expect(again.body).toMatchObject({ host: 'localhost', hostKey: null, state: 'unknown' });
  });

  it('opens no secret that was moved to another row or pointed at another host (S25 S34)', async () => {
    const [mine, other] = [await addPinned(), await addPinned()];
    const { envelope } = await test.world.db
      .selectFrom('server_secret')
      .select('envelope')
      .where('server_id', '=', mine)
      .executeTakeFirstOrThrow();
    await test.world.db.updateTable('server_secret').set({ envelope }).where('server_id', '=', other).execute();
    await expect(test.world.servers.targetOf(other)).rejects.toThrow('cannot be opened');
    await test.world.db.updateTable('server').set({ host: 'evil.example' }).where('id', '=', mine).execute();
    await expect(test.world.servers.targetOf(mine)).rejects.toThrow('cannot be opened');
  });

  it.each([
    ['an option of ssh (S27)', { host: '-oProxyCommand=touch /tmp/x' }, 'request.invalid'],
    ['a shell (S27)', { host: 'a;reboot' }, 'request.invalid'],
    ['a space (S27)', { host: 'a b' }, 'request.invalid'],
    ['a user with an option (S27)', { username: '-l' }, 'request.invalid'],
    ['metadata (S28)', { host: '169.254.169.254' }, 'server.host_not_allowed'],
    ['metadata in IPv6 clothes (S28)', { host: '::ffff:169.254.169.254' }, 'server.host_not_allowed'],
    ['no password', { authMethod: 'password' }, 'server.secret_required'],
    ['no key', { authMethod: 'key' }, 'server.secret_required'],
    ['a key that cannot be read', { authMethod: 'key', privateKey: 'hello' }, 'server.key_unreadable'],
    [
      'a public key',
      { authMethod: 'key', privateKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAu6EWtMcXLBTNnKUFGCgmLMNhVEwmBTMbRrfLVsKW3L a@b' },
      'server.key_unreadable',
    ],
  ])('refuses %s and stores nothing', async (_what, change, code) => {
    const before = (await owner.get('/servers')).body.servers.length;
    const { body, status } = await owner.post('/servers', { ...place(), authMethod: 'generated', ...change });
    expect([status, body.code]).toEqual([400, code]);
    expect((await owner.get('/servers')).body.servers.length).toBe(before);
  });

  it('tells a key that needs its passphrase from one whose passphrase is wrong', async () => {
    const locked = lockedKey(SECRETS.passphrase);
    const answers = [undefined, 'wrong', SECRETS.passphrase].map((passphrase) =>
      owner.post('/servers', { ...place(), authMethod: 'key', privateKey: locked, ...(passphrase && { passphrase }) }),
    );
    expect((await Promise.all(answers)).map(({ status, body }) => body.code ?? status)).toEqual([
      'server.passphrase_required',
      'server.passphrase_wrong',
      201,
    ]);
  });

  it.each([['a port where nothing listens', async () => freePort(), 'tcp', 'ssh.refused']])(
    'says so at the stage: %s',
    async (_what, portOf, stage, code) => {
      const id = await add({ ...place(), port: await portOf(), authMethod: 'generated' });
      const { body } = await owner.post(`/servers/${id}/test`);
      expect(body).toMatchObject({ ok: false, code, hostKey: null });
      expect(body.stages.at(-1)).toMatchObject({ stage, ok: false, code, fix: expect.stringMatching(/\w/) });
      expect((await owner.get(`/servers/${id}`)).body.state).toBe('offline');
    },
  );

  it('tells silence from a server of another kind', async () => {
    const sockets: Server[] = [];
    const listen = async (greet: string): Promise<number> => {
      const server = createServer((socket) => socket.on('error', () => {}).write(greet));
      sockets.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    };
    const [silent, web] = await Promise.all([listen(''), listen('HTTP/1.1 400 Bad Request\r\n\r\n')]);
    const ids = await Promise.all([silent, web].map((port) => add({ ...place(), port, authMethod: 'generated' })));
    const codes = await Promise.all(ids.map(async (id) => (await owner.post(`/servers/${id}/test`)).body.code));
    for (const server of sockets) server.close();
    expect(codes).toEqual(['ssh.no_banner', 'ssh.not_ssh']);
  }, 30_000);

  it('refuses a wrong key of its own with what to do', async () => {
    const wrong = generateKeyPair().privateKey;
    const id = await add({ ...place(), authMethod: 'key', privateKey: wrong });
    const { body } = await owner.post(`/servers/${id}/test`);
    await owner.post(`/servers/${id}/host-key`, { sha256: body.hostKey.sha256 });
    const tried = await owner.post(`/servers/${id}/test`);
    expect(tried.body).toMatchObject({ ok: false, code: 'ssh.auth_failed' });
    expect((await owner.get(`/servers/${id}`)).body.state).toBe('auth_failed');
    expect((await owner.get(`/servers/${id}/openclaw/status`)).body.state).toBe('unreachable');
  });

  it('with private hosts off: neither loopback, nor a name that leads there, nor one that also leads there (S28)', async () => {
    await using strict = await startWorld({
      env: { ALLOW_PRIVATE_HOSTS: 'false' },
      overrides: { resolve: async (host) => (host === 'mixed.example' ? ['93.184.215.14', '10.0.0.1'] : ['127.0.0.1']) },
    });
    const person = await strict.person(1);
    for (const host of ['127.0.0.1', 'localhost', '10.1.2.3', '::1', '0x7f.1', '2130706433', '127.1']) {
      expect((await person.post('/servers', { ...place(), host, authMethod: 'generated' })).body.code, host).toBe(
        'server.host_not_allowed',
      );
    }
    for (const host of ['rebind.example', 'mixed.example']) {
      const { body: server } = await person.post('/servers', { ...place(), host, authMethod: 'generated' });
      const { body } = await person.post(`/servers/${server.id}/test`);
      expect(body.stages, host).toEqual([expect.objectContaining({ stage: 'resolve', ok: false, code: 'server.host_not_allowed' })]);
    }
  });

  it('never dials our own port', async () => {
    const port = Number(new URL(test.url).port);
    expect((await owner.post('/servers', { ...place(), port, authMethod: 'generated' })).body.code).toBe('server.host_not_allowed');
  });

  it('forgets a server with its tasks, and nothing of it is left', async () => {
    const id = await addPinned();
    await owner.post(`/servers/${id}/setup/systemd`);
    expect((await owner.remove(`/servers/${id}`)).status).toBe(204);
    expect((await owner.get(`/servers/${id}`)).status).toBe(404);
    for (const table of ['server_secret', 'host_key', 'member', 'task'] as const) {
      expect(await test.world.db.selectFrom(table).selectAll().where('server_id', '=', id).execute(), table).toEqual([]);
    }
  });

  it('has an audit row for every change and every denied one, append-only and chained, without a secret (S39 S36)', async () => {
    const stranger = await test.person(66);
    const id = await addPinned();
    await stranger.remove(`/servers/${id}`);
    const rows = await test.world.db.selectFrom('audit').selectAll().execute();
    expect(
      rows.some((row) => row.action === 'server.host_key_pin' && row.actor_id === '1' && row.server_id === id && row.result === 'ok'),
    ).toBe(true);
    expect(rows.some((row) => row.action === 'server.delete' && row.actor_id === '66' && row.result === 'server.not_found')).toBe(true);
    await expect(test.world.db.updateTable('audit').set({ result: 'x' }).execute()).rejects.toThrow('cannot be changed');
    await expect(test.world.db.deleteFrom('audit').execute()).rejects.toThrow('cannot be deleted');
    expect(await test.world.audit.verify()).toBeUndefined();
    const text =
      JSON.stringify(rows) + test.logged() + JSON.stringify(await test.world.db.selectFrom('server_secret').selectAll().execute());
    for (const secret of [...Object.values(SECRETS), privateKey.split('\n')[2] ?? 'no key']) expect(text).not.toContain(secret);
  });

  it('finds the row that was tampered with (S39)', async () => {
    await using other = await startWorld();
    const person = await other.person(1);
    await person.post('/servers', { ...place(), authMethod: 'generated' });
    await tamper(other.world.db, "UPDATE audit SET actor_name = 'Somebody else' WHERE id = 2");
    expect(await other.world.audit.verify()).toBe(2);
  });
});
