import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCli, type CliAnswer, type RunningCli, type TestCli } from '../support/cli.ts';
import { freePort } from '../support/sshd.ts';
import { startWorld, type Person, type TestWorld } from '../support/world.ts';

// Dozens of processes: on a busy machine each takes a second.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('Signing in on the command line', () => {
  let test: TestWorld;
  let ann: Person;
  let cli: TestCli;
  beforeAll(async () => {
    test = await startWorld();
    test.world.bot.username = 'clawmoor_bot';
  });
  beforeEach(async () => {
    [ann, cli] = await Promise.all([test.person(1, 'Ann'), createCli()]);
  });
  afterEach(() => cli[Symbol.asyncDispose]());
  afterAll(() => test[Symbol.asyncDispose]());

  const file = (): string => join(cli.home, 'clawmoor/credentials.json');
  const stored = () => JSON.parse(readFileSync(file(), 'utf8'));
  const profileName = (): string => new URL(test.url).host;
  const makeToken = async (scope = 'write', by = ann): Promise<string> =>
    (await by.post('/me/tokens', { name: 'laptop', scope })).body.token;
  async function approve(login: RunningCli, body: object = {}, by = ann): Promise<CliAnswer> {
    const [, code = ''] = await login.until(/Compare the code there: (\S+)/);
    expect((await by.post(`/me/device/${code}/approve`, body)).status).toBe(200);
    return login.ended;
  }
  const signIn = async (): Promise<CliAnswer> => cli.run(['login', test.url, '--token-stdin'], { input: await makeToken() });

  it('shows a link and a code, waits for the approval in the app, and keeps the token for its owner alone (S36 S39)', async () => {
    const login = cli.start(['login', test.url]);
    const { code, stdout, stderr } = await approve(login);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Signed in to http:\S+ as Ann, scope write, until \d{4}-/)]);
    expect(stderr).toMatch(/Open this link in Telegram: https:\/\/t\.me\/clawmoor_bot\?startapp=dev_[A-Z]{8}\n/);
    const { token, ...profile } = stored().profiles[profileName()];
    expect(profile).toMatchObject({ address: test.url, user: { id: '1', firstName: 'Ann' }, scope: 'write' });
    expect([statSync(file()).mode & 0o777, statSync(join(cli.home, 'clawmoor')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(stdout + stderr + test.logged()).not.toContain(token);
    const who = await cli.run(['whoami']);
    expect([who.code, who.stdout]).toEqual([0, expect.stringMatching(/^Ann at http:.*\nToken "Command line .*", scope write, until/)]);
    expect((await cli.run(['whoami', '--json'])).json).toMatchObject({
      profile: profileName(),
      address: test.url,
      user: { id: '1' },
      token: { scope: 'write' },
    });
  });

  it('shows a QR code at a terminal, and none elsewhere', async () => {
    const login = cli.start(['login', test.url], { terminal: true });
    const { code, stdout } = await approve(login);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => /^\x1b\[97;40m[█▀▄ ]+\x1b\[0m\r$/.test(line)).length).toBeGreaterThan(12);
    const plainly = await approve(cli.start(['login', test.url], { terminal: true, env: { NO_COLOR: '1' } }));
    expect(plainly.stdout).toMatch(/█/);
    expect(plainly.stdout).not.toContain('\x1b[');
  });

  it('says in JSON who is signed in, with the scope that was approved, and never the token', async () => {
    const { json, stdout, stderr, code } = await approve(cli.start(['login', test.url, '--json', '--profile', 'home']), { scope: 'read' });
    expect([code, json]).toEqual([
      0,
      {
        profile: 'home',
        address: test.url,
        user: expect.objectContaining({ firstName: 'Ann' }),
        scope: 'read',
        expiresAt: expect.any(String),
      },
    ]);
    expect(stdout + stderr).not.toContain(stored().profiles.home.token);
  });

  it('ends with 4 when it is refused in the app, with 7 when nobody answers in time', async () => {
    const login = cli.start(['login', test.url]);
    const [, code] = await login.until(/Compare the code there: (\S+)/);
    await ann.post(`/me/device/${code}/deny`);
    expect(await login.ended).toMatchObject({ code: 4, stderr: expect.stringContaining('refused in the app') });
    expect(await cli.run(['login', test.url, '--wait', '1'])).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('Nobody approved the code'),
    });
    expect(existsSync(file())).toBe(false);
  });

  it('takes a personal token from stdin, and refuses one that is not good', async () => {
    const token = await makeToken('read');
    expect(await cli.run(['login', test.url, '--token-stdin'], { input: `${token}\n` })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('scope read'),
    });
    const bad = await cli.run(['login', test.url, '--token-stdin', '--json'], { input: 'cmr_nonsense' });
    expect([bad.code, JSON.parse(bad.stderr).code]).toEqual([3, 'auth.token_invalid']);
    expect(stored().profiles[profileName()].token).toBe(token);
    expect(await cli.run(['login', test.url, '--token-stdin'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stdin is empty'),
    });
  });

  it('ends the token when it signs out, and the one before when it signs in anew', async () => {
    await signIn();
    const { token: first } = stored().profiles[profileName()];
    await signIn();
    const { token: second } = stored().profiles[profileName()];
    const statusOf = async (token: string): Promise<number> => (await test.request('GET', '/me', { token })).status;
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
    expect(await cli.run(['logout'])).toMatchObject({ code: 0, stdout: `Signed out of ${profileName()}.\n` });
    expect([await statusOf(second), stored().profiles]).toEqual([401, {}]);
    expect(await cli.run(['whoami'])).toMatchObject({ code: 3, stderr: expect.stringContaining('clawmoor login https://') });
    expect((await cli.run(['logout'])).code).toBe(3);
  });

  it('forgets the token also where Clawmoor cannot be reached, and says that it stays good', async () => {
    const gone = `http://127.0.0.1:${await freePort()}`;
    await signIn();
    const credentials = stored();
    credentials.profiles[profileName()].address = gone;
    writeFileSync(file(), JSON.stringify(credentials));
    expect(await cli.run(['whoami'])).toMatchObject({
      code: 7,
      stderr: expect.stringContaining(`${gone} cannot be reached: nothing listens there`),
    });
    const { code, json, stderr } = await cli.run(['logout', '--json']);
    expect([code, json, stderr]).toEqual([
      0,
      { profiles: [{ name: profileName(), ended: false }] },
      expect.stringContaining('it is good until'),
    ]);
    expect(stored().profiles).toEqual({});
  });

  it('keeps several people and places apart by their profiles', async () => {
    const ben = await test.person(2, 'Ben');
    await cli.run(['login', test.url, '--token-stdin', '--profile', 'ann'], { input: await makeToken() });
    await cli.run(['login', test.url, '--token-stdin', '--profile', 'ben'], { input: await makeToken('read', ben) });
    expect((await cli.run(['whoami'])).stdout).toMatch(/^Ben/);
    expect((await cli.run(['whoami', '--profile', 'ann'])).stdout).toMatch(/^Ann/);
    expect((await cli.run(['--profile', 'ann', 'whoami'])).stdout).toMatch(/^Ann/);
    expect((await cli.run(['whoami'], { env: { CLAWMOOR_PROFILE: 'ann' } })).stdout).toMatch(/^Ann/);
    expect((await cli.run(['profiles'])).stdout).toMatch(/^ +PROFILE .*\n +ann .*\n\* +ben /);
    expect((await cli.run(['profiles', 'use', 'ann', '--json'])).json).toEqual({ profile: 'ann', address: test.url });
    expect((await cli.run(['profiles', '--json'])).json.profiles).toMatchObject([
      { name: 'ann', current: true },
      { name: 'ben', current: false },
    ]);
    expect(await cli.run(['profiles', 'use', 'cid'])).toMatchObject({ code: 5, stderr: expect.stringContaining('no profile cid') });
    expect((await cli.run(['whoami', '--profile', 'cid'])).code).toBe(3);
    expect((await cli.run(['logout', '--all'])).stdout).toBe('Signed out of ann.\nSigned out of ben.\n');
  });

  it('takes address and token from the environment, and stores nothing then', async () => {
    const env = { CLAWMOOR_ADDRESS: test.url, CLAWMOOR_TOKEN: await makeToken() };
    expect((await cli.run(['whoami', '--json'], { env })).json).toMatchObject({ profile: null, user: { firstName: 'Ann' } });
    expect(existsSync(file())).toBe(false);
    expect((await cli.run(['whoami'], { env: { CLAWMOOR_TOKEN: env.CLAWMOOR_TOKEN } })).code).toBe(2);
  });

  it('says which token is over, and how to sign in again', async () => {
    await signIn();
    const [{ id }] = (await ann.get('/me/tokens')).body.tokens;
    await ann.remove(`/me/tokens/${id}`);
    expect(await cli.run(['servers'])).toMatchObject({ code: 3, stderr: expect.stringContaining(`clawmoor login ${test.url}`) });
  });

  it('warns when others may read the file, and makes a damaged one known', async () => {
    await signIn();
    chmodSync(file(), 0o644);
    expect(await cli.run(['whoami'])).toMatchObject({ code: 0, stderr: expect.stringContaining(`chmod 600 ${file()}`) });
    writeFileSync(file(), '{"version":');
    expect(await cli.run(['whoami'])).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') });
    expect(readFileSync(file(), 'utf8')).toBe('{"version":');
  });

  it('sends no token without TLS, and none after a redirect (S36)', async () => {
    const plainly = await cli.run(['login', 'http://clawmoor.example.com', '--token-stdin'], { input: 'cmr_x' });
    expect(plainly).toMatchObject({ code: 2, stderr: expect.stringContaining('https://clawmoor.example.com') });
    const seen: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => (seen.push(request.headers.authorization), response.end('{}'))).listen(
      0,
      '127.0.0.1',
    );
    const redirecting = createServer((_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/` }).end(),
    );
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    const env = { CLAWMOOR_ADDRESS: `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`, CLAWMOOR_TOKEN: 'cmr_secret' };
    expect((await cli.run(['whoami'], { env })).code).toBe(7);
    expect(seen).toEqual([]);
    for (const server of [elsewhere, redirecting]) server.close();
  });

  it('signs in to a local trial without Telegram, with a token of its own and no session left behind', async () => {
    await using trial = await startWorld({ env: { APP_DOMAIN: '', SUPER_ADMIN_IDS: '' } });
    expect(await cli.run(['login', '--trial', trial.url])).toMatchObject({ code: 0, stdout: expect.stringContaining('scope admin') });
    expect((await cli.run(['whoami'])).stdout).toContain('super-admin');
    expect((await trial.world.db.selectFrom('session').select('id').where('revoked_at', 'is', null).execute()).length).toBe(0);
    expect(await cli.run(['login', '--trial', test.url])).toMatchObject({ code: 5, stderr: expect.stringContaining('no local trial') });
  });
});
