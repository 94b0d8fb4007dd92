import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { describeIf } from '../support/needs.ts';
import { laterRelease, packageRelease } from '../support/release.ts';
import { launchOf, openPage, pressMain } from '../support/telegram-page.ts';
import { BOT_TOKEN } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';
import { DOMAIN, FLAGS, GATEWAY, INSTALL, olga, prepareInstallation, type Installation } from './installation.ts';

const why = whyNoDebianHosts() ?? (CHROMIUM === undefined ? 'it needs Chromium' : undefined);
const SETUP_MS = 480_000;

/** The life of an installation in one go: taken, used, upgraded, upgraded badly, backed up, lost, and back on another machine. */
describeIf(why === undefined, `three real Debian servers and a browser: ${why}`)('An installation and the server it manages', () => {
  const dir = mkdtempSync(join(tmpdir(), 'clawmoor-operate-'));
  let tarball: string;
  let managed: DebianHost;
  let bot: FakeBotApi;
  let model: ModelServer;
  let first: Installation;
  let key: string | undefined;
  const copy = join(dir, 'copy.db.gz');
  let serverId: string;

  const take = async (): Promise<Installation> => {
    const env = [`TELEGRAM_API_ROOT=${bot.root}`, `ALLOW_PRIVATE_HOSTS=10.214.61.0/24`, ...(key === undefined ? [] : [key])];
    return prepareInstallation(await startDebianHost(), tarball, env);
  };
  const open = async (installation: Installation) => {
    const browser = await startBrowser([`--host-resolver-rules=MAP ${DOMAIN} ${installation.host.address}`]);
    return { browser, ...(await openPage(browser, `https://${DOMAIN}/`, { telegram: launchOf(olga) })) };
  };
  const agentsOf = async (installation: Installation): Promise<string[]> => {
    const { agents } = await installation.json<{ agents: { id: string }[] }>(`/api/servers/${serverId}/openclaw/agents`);
    return agents.map(({ id }) => id);
  };

  beforeAll(async () => {
    tarball = packageRelease(dir);
    [managed, bot, model] = await Promise.all([
      startDebianHost(),
      startFakeBotApi({ token: BOT_TOKEN, host: GATEWAY }),
      startModelServer(),
    ]);
    first = await take();
  });
  afterAll(async () => {
    for (const each of [first?.host, managed, bot, model]) await each?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is a page over TLS after one command', async () => {
    expect(await first.root(`${INSTALL} ${FLAGS} 2>&1`)).toContain(`runs at https://${DOMAIN}`);
    await first.trust();
    await first.signIn();
  });

  it('takes a second server, and sets OpenClaw up on it, from the page in the browser', async () => {
    const { browser, page } = await open(first);
    await addServer(page, managed);
    await pressMain(page, 'Set OpenClaw up');
    await page.getByLabel('An OpenAI-compatible address').check();
    await page.getByLabel('Address', { exact: true }).fill(`http://${GATEWAY}:${model.port}/v1`);
    await page.getByLabel('Model', { exact: true }).fill('test-model');
    await page.getByLabel('API key').fill('sk-of-this-test-alone');
    await pressMain(page, 'Start');
    const ended = page.locator('[role=status] .state').filter({ hasText: /^(done|failed|stopped|interrupted)$/ });
    await ended.waitFor({ timeout: SETUP_MS });
    expect(await ended.textContent(), await page.locator('main').innerText()).toBe('done');
    await browser.close();
    const { servers } = await first.json<{ servers: { id: string; name: string }[] }>('/api/servers');
    serverId = servers.find(({ name }) => name === 'Harbour')?.id ?? '';
    expect(await agentsOf(first)).toContain('main');
  });

  it('reaches the same gateway after an upgrade, and after one that failed and took itself back', async () => {
    await first.root(laterRelease('0.2.0'));
    expect(await first.root('clawmoorctl upgrade /root/0.2.0')).toContain('done: 0.2.0 answers');
    expect(await agentsOf(first)).toContain('main');
    await first.root(laterRelease('0.3.0', 'if (!process.argv.includes("--rehearse")) process.exit(1);'));
    expect(await first.failing('clawmoorctl upgrade /root/0.3.0')).toContain('the upgrade to 0.3.0 failed; 0.2.0 runs');
    expect(await first.version()).toBe('0.2.0');
    expect(await agentsOf(first)).toContain('main');
  });

  it('is lost with its disk after a backup, of which the operator has the copy and the key', async () => {
    const path = (await first.root('clawmoorctl backup')).trim();
    key = (await first.root('grep ^ENCRYPTION_KEY= /etc/clawmoor/env')).trim();
    writeFileSync(copy, Buffer.from(await first.root(`base64 ${path}`), 'base64'));
    await first.host[Symbol.asyncDispose]();
    await expect(first.ask('/api/health')).rejects.toThrow(/ECONN|EHOST|ETIMEDOUT|ENET/);
  });

  it('comes back on another machine from the copy and the key, and manages the same server at once', async () => {
    first = await take();
    // The copy was made by 0.2.0, which has the schema of this release.
    await first.root(`${INSTALL} ${FLAGS} 2>&1`);
    await first.trust();
    await first.host.put(copy, '/root/copy.db.gz');
    expect(await first.root('clawmoorctl restore /root/copy.db.gz --yes')).toContain('Restored.');
    await first.root('for i in $(seq 60); do clawmoorctl status && break; sleep 0.5; done');
    await first.signIn();
    expect(await agentsOf(first)).toContain('main');
    const { browser, page } = await open(first);
    await page.getByText('Harbour').click();
    await page.getByText('running', { exact: true }).waitFor({ timeout: 60_000 });
    await browser.close();
  });
});

async function addServer(page: Page, host: DebianHost): Promise<void> {
  await pressMain(page, 'Add a server');
  await page.getByLabel('SSH address').fill(`ssh admin@${host.address} -p 22`);
  await page.getByLabel('Name').fill('Harbour');
  await page.getByLabel('A password').check();
  await page.getByLabel('Password', { exact: true }).fill(host.password);
  await pressMain(page, 'Add');
  await pressMain(page, 'Test the connection');
  await page.getByRole('button', { name: 'It is the same: trust it' }).click({ timeout: 30_000 });
  await page.getByText('Clawmoor can log in').waitFor({ timeout: 60_000 });
}
