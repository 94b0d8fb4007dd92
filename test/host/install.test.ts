import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHROMIUM, startBrowser } from '../support/browser.ts';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { describeIf } from '../support/needs.ts';
import { laterRelease, packageRelease } from '../support/release.ts';
import { launchOf, openPage } from '../support/telegram-page.ts';
import { BOT_TOKEN } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';
import { CADDY_CA, DOMAIN, FLAGS, GATEWAY, INSTALL, olga, prepareInstallation, type Installation } from './installation.ts';

const why = whyNoDebianHosts() ?? (CHROMIUM === undefined ? 'it needs Chromium' : undefined);
describeIf(why === undefined, `a real Debian server and a browser: ${why}`)('A fresh Debian host and a domain', () => {
  const dir = mkdtempSync(join(tmpdir(), 'clawmoor-install-'));
  let host: DebianHost;
  let bot: FakeBotApi;
  let installed: Installation;

  const root = (command: string): Promise<string> => host.exec(command, 'root');
  const failing = (command: string): Promise<string> => installed.failing(command);
  const version = (): Promise<string> => installed.version();
  const stillSignedIn = async (): Promise<number> => (await installed.ask('/api/me')).status;

  beforeAll(async () => {
    const tarball = packageRelease(dir);
    host = await startDebianHost();
    bot = await startFakeBotApi({ token: BOT_TOKEN, host: GATEWAY });
    installed = await prepareInstallation(host, tarball, [`TELEGRAM_API_ROOT=${bot.root}`]);
  });
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]();
    await bot?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are checked before anything is changed: wrong answers, a taken port, a damaged release', async () => {
    expect(await failing(`${INSTALL} ${FLAGS.replace(DOMAIN, 'https://claw.test')}`)).toContain("'https://claw.test' is not a domain");
    expect(await failing(`echo nonsense | ${INSTALL} --domain ${DOMAIN} --super-admin 900 --token-file -`)).toContain('no bot token');
    expect(await failing(`${INSTALL} --token ${BOT_TOKEN}`)).toContain('there is no flag --token');
    const damaged = 'rm -rf bad; cp -r release bad; echo "//" >>bad/clawmoor-*/backend/dist/main.mjs';
    expect(await failing(`${damaged}; bad/clawmoor-*/deploy/install.sh ${FLAGS}`)).toContain('is damaged or was changed');
    await root(
      "systemd-run -q --unit squatter perl -MIO::Socket::INET -e 'my $kept = IO::Socket::INET->new(LocalPort => 443, Listen => 1) or die; sleep'",
    );
    await root("for i in $(seq 100); do ss -Hltn 'sport = :443' | grep -q . && break; sleep 0.1; done");
    expect(await failing(`${INSTALL} ${FLAGS}`)).toContain('port 443 is taken by perl');
    await root('systemctl stop squatter');
    expect(await root(`${INSTALL} --dry-run ${FLAGS}`)).toMatch(/would: install .*caddy[\s\S]*\d+ changes would be made; none was\./);
    expect(await root('ls -d /opt/clawmoor /var/lib/clawmoor /usr/bin/caddy 2>/dev/null || echo nothing')).toBe('nothing\n');
  });

  it('become a page that loads over TLS and signs in, by one command', async () => {
    const startedAt = performance.now();
    expect(await root(`${INSTALL} ${FLAGS} 2>&1`)).toContain(`Clawmoor 0.1.0 runs at https://${DOMAIN}`);
    await installed.trust();
    expect((await installed.ask('/api/health/ready')).status).toBe(200);
    console.log(`from bare to answering over TLS: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    await installed.signIn();
    const browser = await startBrowser([`--host-resolver-rules=MAP ${DOMAIN} ${host.address}`]);
    const { page, complaints } = await openPage(browser, `https://${DOMAIN}/`, { telegram: launchOf(olga) });
    const again = page.waitForResponse((response) => response.url().endsWith('/api/auth/telegram'));
    await page.reload();
    expect((await again).status()).toBe(200);
    expect(complaints).toEqual([]);
    await browser.close();
  });

  it('keep their secrets for root, and the service has no power that it does not need (S35)', async () => {
    expect(await root('stat -c "%a %U" /etc/clawmoor /etc/clawmoor/env /var/lib/clawmoor /var/lib/clawmoor/clawmoor.db')).toBe(
      '700 root\n600 root\n700 clawmoor\n600 clawmoor\n',
    );
    const env = await root('cat /etc/clawmoor/env');
    expect(env).toContain(`TELEGRAM_API_ROOT=${bot.root}\n`);
    expect(env).toMatch(/^ENCRYPTION_KEY=k1:[A-Za-z0-9+/]{43}=$/m);
    expect(await root("tr '\\0' '\\n' </proc/1/cmdline; cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).not.toContain(BOT_TOKEN);
    const exposure = await root('systemd-analyze security clawmoor | tail -n 1');
    console.log(exposure.trim());
    expect(Number(/level for clawmoor.service: ([\d.]+)/.exec(exposure)?.[1])).toBeLessThanOrEqual(2.5);
  });

  it('are the same after a second run, which says so and restarts nothing', async () => {
    const state = 'find /opt/clawmoor /etc/clawmoor /etc/caddy /etc/systemd/system -type f -o -type l | sort | xargs stat -c "%n %Y %s %a"';
    const snapshot = (): Promise<string> => root(`${state}; systemctl show -p MainPID clawmoor caddy`);
    const before = await snapshot();
    expect(await root(`${INSTALL} ${FLAGS} 2>&1`)).toBe(`Nothing to change: version 0.1.0 runs at https://${DOMAIN}\n`);
    expect(await root(`${INSTALL} </dev/null 2>&1`), 'it remembers its answers').toContain('Nothing to change');
    expect(await snapshot()).toBe(before);
  });

  it('are examined by the doctor, who says what is left', async () => {
    const report = await root(`clawmoorctl doctor --fix --connect 127.0.0.1:443 --ca ${CADDY_CA}`);
    expect(report).toContain('Nothing stands in the way.');
    expect(report).toMatch(/✓ bot +@demo_bot\n/);
    const doubted = await failing('clawmoorctl doctor --connect 127.0.0.1:443');
    expect(doubted, "a phone does not trust Caddy's own authority").toContain('✗ certificate');
  });

  it('stay on the old version when the new one is not well on a copy of the data (R22)', async () => {
    await root(laterRelease('0.2.0', 'throw new Error("this build is broken");'));
    const pid = await root('systemctl show -p MainPID clawmoor');
    expect(await failing('clawmoorctl upgrade /root/0.2.0')).toMatch(/this build is broken[\s\S]*0\.1\.0 goes on as before/);
    expect(await root('systemctl show -p MainPID clawmoor'), 'it was never stopped').toBe(pid);
    expect(await version()).toBe('0.1.0');
  });

  it('get a newer version, with sessions and data, by one command', async () => {
    await root(laterRelease('0.2.0'));
    expect(await root('clawmoorctl upgrade /root/0.2.0')).toContain('done: 0.2.0 answers');
    expect([await version(), await stillSignedIn()]).toEqual(['0.2.0', 200]);
    expect(await root('clawmoorctl status')).toMatch(/version +0\.2\.0 \(before: 0\.1\.0\)[\s\S]*health +ok/);
  });

  it('run the old version again, with the data as it was, when the new one fails only after the switch', async () => {
    const spoil =
      'process.getBuiltinModule("node:module").createRequire(import.meta.url)("better-sqlite3")(process.env.DATA_DIR + "/clawmoor.db").exec("CREATE TABLE spoiled (id TEXT)")';
    const start = `if (!process.argv.includes("--rehearse")) { ${spoil}; process.exit(1); }`;
    await root(laterRelease('0.3.0', start));
    expect(await failing('clawmoorctl upgrade /root/0.3.0')).toContain('the upgrade to 0.3.0 failed; 0.2.0 runs, with the data as it was');
    expect([await version(), await stillSignedIn()]).toEqual(['0.2.0', 200]);
    expect(await root('grep -c spoiled /var/lib/clawmoor/clawmoor.db || true')).toBe('0\n');
    expect(await root('ls /opt/clawmoor/releases')).toBe('0.1.0\n0.2.0\n');
  });

  it('are copied while they work, and the copy is brought back', async () => {
    const file = (await root('clawmoorctl backup')).trim();
    expect(file).toMatch(/^\/var\/lib\/clawmoor\/manual-backups\/clawmoor-\d{8}T\d{6}Z\.db\.gz$/);
    expect(await root(`gzip -dc ${file} | head -c 15; stat -c ' %a %U' ${file}`)).toBe('SQLite format 3 600 clawmoor\n');
    expect(await root(`clawmoorctl restore ${file}`)).toContain('Nothing was changed.');
    expect(await stillSignedIn(), 'it only looked').toBe(200);
    expect(await root(`clawmoorctl restore ${file} --yes`)).toContain('Restored.');
    await root('for i in $(seq 60); do clawmoorctl status && break; sleep 0.5; done');
    expect([await version(), await stillSignedIn()], 'a restore ends the sessions').toEqual(['0.2.0', 401]);
    await installed.signIn();
  });

  it('go back to the version before, and there is only one way back', async () => {
    expect(await root('clawmoorctl rollback')).toContain('Version 0.1.0 answers.');
    expect([await version(), await stillSignedIn()]).toEqual(['0.1.0', 200]);
    expect(await failing('clawmoorctl rollback')).toContain('there is no version before 0.1.0');
  });

  it('are left as they were by --uninstall, which keeps the data unless it is to be purged', async () => {
    expect(await root(`${INSTALL} --uninstall`)).toContain('Kept: /var/lib/clawmoor (data) and /etc/clawmoor (secrets)');
    expect(await root('ls -d /opt/clawmoor /etc/caddy/clawmoor.caddy /usr/local/bin/clawmoorctl 2>/dev/null || echo gone')).toBe('gone\n');
    await root(`${INSTALL} --tls internal </dev/null`);
    expect(await stillSignedIn(), 'what was kept is taken up again').toBe(200);
    await root(`${INSTALL} --uninstall --purge --yes`);
    expect(await root('ls -d /opt/clawmoor /etc/clawmoor /var/lib/clawmoor 2>/dev/null || echo gone; id clawmoor || true')).toBe('gone\n');
  });
});
