import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../deploy/doctor/check.ts';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { BOT_TOKEN, productionEnvironment, startWorld, type TestWorld } from '../support/world.ts';

const DOCTOR = join(import.meta.dirname, '../../deploy/doctor/doctor.ts');
const DOMAIN = productionEnvironment.APP_DOMAIN;

interface Proxy {
  address: string;
  /** Headers that this proxy puts on every answer, besides the backend's own. */
  adds: Record<string, string>;
  close: () => Promise<void>;
}

/** A key and a certificate of its own for the domain, as an installation without a public name has. */
function certificateFor(dir: string, name: string, days: number): { key: string; cert: string } {
  const file = join(dir, `${name}-${days}`);
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days)];
  const names = ['-subj', `/CN=${name}/O=Test`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync('openssl', [...words, ...names, '-keyout', `${file}.key`, '-out', `${file}.crt`], { stdio: 'ignore' });
  return { key: readFileSync(`${file}.key`, 'utf8'), cert: readFileSync(`${file}.crt`, 'utf8') };
}

async function startProxy(to: string, pair: { key: string; cert: string }): Promise<Proxy> {
  const adds: Record<string, string> = {};
  const server = createServer(pair, (request, response) => {
    const passed = httpRequest(`${to}${request.url}`, { headers: request.headers, method: request.method }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...adds });
      answer.pipe(response);
    });
    passed.once('error', () => response.writeHead(502).end());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    adds,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('clawmoorctl doctor', () => {
  const dir = mkdtempSync(join(tmpdir(), 'clawmoor-doctor-'));
  const envFile = join(dir, 'env');
  let world: TestWorld;
  let proxy: Proxy;
  let bot: FakeBotApi;

  const settle = (extra: Record<string, string> = {}): void => {
    const settings = { ...productionEnvironment, TELEGRAM_API_ROOT: bot.root, ...extra };
    writeFileSync(
      envFile,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
      { mode: 0o600 },
    );
  };
  async function examine(...words: string[]): Promise<{ findings: Record<string, Finding>; text: string; status: number }> {
    const trusted = words.includes('--ca') ? [] : ['--ca', join(dir, `${DOMAIN}-90.crt`)];
    const all = [DOCTOR, '--env-file', envFile, '--data', world.dataDir, '--connect', proxy.address, ...trusted, ...words];
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve) => {
      execFile(process.execPath, all, { encoding: 'utf8' }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, text: stdout + stderr }),
      );
    });
    expect(text, 'the token is in no output').not.toContain(BOT_TOKEN.split(':')[1]);
    const findings = words.includes('--json') ? (JSON.parse(text) as { findings: Finding[] }).findings : [];
    return { findings: Object.fromEntries(findings.map((finding) => [finding.what, finding])), text, status };
  }

  beforeAll(async () => {
    world = await startWorld();
    proxy = await startProxy(world.url, certificateFor(dir, DOMAIN, 90));
  });
  beforeEach(async () => {
    await bot?.[Symbol.asyncDispose]();
    bot = await startFakeBotApi({ token: BOT_TOKEN });
    settle();
  });
  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    await proxy.close();
    await world[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  it('finds nothing in the way of an installation that works, and sets the menu button when it may', async () => {
    const before = await examine('--json');
    expect(before.findings['menu button']).toMatchObject({ verdict: 'warn', fix: 'Run: clawmoorctl doctor --fix' });
    const { text, status } = await examine('--fix');
    expect(status, text).toBe(0);
    expect(text).toContain('Nothing stands in the way.');
    expect(text).not.toMatch(/[✗!]/);
    expect(bot.of('setChatMenuButton')).toEqual([
      { menu_button: { type: 'web_app', text: 'Open', web_app: { url: `https://${DOMAIN}/` } } },
    ]);
    expect((await examine('--json')).findings['menu button']).toMatchObject({ verdict: 'ok' });
  });

  it('says what to click in BotFather', async () => {
    await bot[Symbol.asyncDispose]();
    bot = await startFakeBotApi({ token: BOT_TOKEN, me: { has_main_web_app: false, can_join_groups: true } });
    settle();
    const { findings } = await examine('--json');
    expect(findings['main app']?.fix).toContain('/mybots, @demo_bot, Bot Settings, Configure Mini App');
    expect(findings['groups']?.fix).toContain('/setjoingroups');
  });

  it('tells a wrong token from a Telegram that cannot be reached', async () => {
    settle({ TELEGRAM_BOT_TOKEN: '7654321:AAanother-token-of-no-bot-at-all-0000' });
    const wrong = await examine('--json');
    expect(wrong.status).toBe(1);
    expect(wrong.findings['bot']).toMatchObject({ verdict: 'fail', says: 'Telegram refuses the token: Unauthorized' });
    settle({ TELEGRAM_API_ROOT: 'http://127.0.0.1:1' });
    expect((await examine('--json')).findings['bot']?.says).toMatch(/cannot be reached \(.+\)/);
  });

  it('sees a webhook that belongs to another program', async () => {
    await fetch(`${bot.root}/bot${BOT_TOKEN}/setWebhook`, { method: 'POST', body: JSON.stringify({ url: 'https://elsewhere.test/x' }) });
    expect((await examine('--json')).findings['updates']).toMatchObject({ verdict: 'fail' });
    settle({ BOT_WEBHOOK: 'true' });
    expect((await examine('--json')).findings['updates']?.says).toBe('the webhook leads elsewhere');
  });

  it('sees a clock that is off', async () => {
    await bot[Symbol.asyncDispose]();
    bot = await startFakeBotApi({ token: BOT_TOKEN, clockAheadSeconds: 300 });
    settle();
    expect((await examine('--json')).findings['clock']).toMatchObject({ verdict: 'fail', fix: 'Run: timedatectl set-ntp true' });
  });

  it('sees a certificate that phones do not trust, and one about to end', async () => {
    const stranger = certificateFor(dir, 'other.test', 90);
    writeFileSync(join(dir, 'stranger.crt'), stranger.cert);
    const untrusted = await examine('--json', '--ca', join(dir, 'stranger.crt'));
    expect(untrusted.findings['certificate']).toMatchObject({ verdict: 'fail' });
    const ending = await startProxy(world.url, certificateFor(dir, DOMAIN, 5));
    const { findings } = await examine('--json', '--connect', ending.address, '--ca', join(dir, `${DOMAIN}-5.crt`));
    await ending.close();
    expect(findings['certificate']).toMatchObject({ verdict: 'warn' });
    expect(findings['certificate']?.says).toMatch(/^ends in [45] days$/);
  });

  it('sees a proxy that makes the app blank in Telegram Web (S40)', async () => {
    proxy.adds['x-frame-options'] = 'SAMEORIGIN';
    expect((await examine('--json')).findings['framing']?.says).toContain('X-Frame-Options');
    delete proxy.adds['x-frame-options'];
    proxy.adds['content-security-policy'] = "frame-ancestors 'self'";
    expect((await examine('--json')).findings['framing']).toMatchObject({ verdict: 'fail' });
    delete proxy.adds['content-security-policy'];
    expect((await examine('--json')).findings['framing']).toMatchObject({ verdict: 'ok' });
  });

  it('sees a domain that leads nowhere', async () => {
    const { findings } = await examine('--json', '--connect', '127.0.0.1:1');
    expect(findings['address']?.says).toContain('cannot be reached (ECONNREFUSED)');
  });

  it('sees settings that do not hold and secrets that others can read (S35)', async () => {
    settle({ ENCRYPTION_KEY: 'k1:short' });
    chmodSync(envFile, 0o644);
    const { findings, status } = await examine('--json');
    expect(status).toBe(1);
    expect(findings['settings']?.says).toContain('ENCRYPTION_KEY: must be kid:base64');
    expect(findings['permissions']).toMatchObject({ verdict: 'fail', fix: `Run: chmod 600 ${envFile}` });
  });
});
