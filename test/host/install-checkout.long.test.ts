import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFakeBotApi, type FakeBotApi } from '../support/fake-bot-api.ts';
import { describeIf } from '../support/needs.ts';
import { BOT_TOKEN } from '../support/world.ts';
import { startDebianHost, whyNoDebianHosts, type DebianHost } from './debian.ts';

const why = whyNoDebianHosts();
const ROOT = join(import.meta.dirname, '../..');
const GATEWAY = '10.214.61.1';

describeIf(why === undefined, `a real Debian server: ${why}`)('A checkout on a fresh Debian host, without Node', () => {
  const dir = mkdtempSync(join(tmpdir(), 'clawmoor-checkout-'));
  let host: DebianHost;
  let bot: FakeBotApi;
  const root = (command: string): Promise<string> => host.exec(command, 'root');

  beforeAll(async () => {
    const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
    execFileSync('tar', ['-czf', join(dir, 'checkout.tar.gz'), '--null', '-T', '-'], { cwd: ROOT, input: list });
    host = await startDebianHost();
    bot = await startFakeBotApi({ token: BOT_TOKEN, host: GATEWAY });
    await host.put(join(dir, 'checkout.tar.gz'), '/root/checkout.tar.gz');
    await root('mkdir checkout && tar -xzf checkout.tar.gz -C checkout');
    await root(`umask 077; mkdir /etc/clawmoor; echo TELEGRAM_API_ROOT=${bot.root} >/etc/clawmoor/env; echo '${BOT_TOKEN}' >token`);
  });
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]();
    await bot?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  // The registry that this machine uses; the host has no npm to ask.
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const install = `npm_config_registry='${registry}' checkout/deploy/install.sh --domain claw.test --super-admin 900 --token-file token --tls internal 2>&1`;

  it('is not built with a Node that is not the pinned one', async () => {
    await root(
      `cp -r checkout forged; sed -i '/"node_modules\\/node-linux-/,/bin/s/"integrity": "sha512-../"integrity": "sha512-AA/' forged/package-lock.json`,
    );
    expect(await root(`! { forged/${install.slice('checkout/'.length)}; }`)).toContain('is not what is pinned here');
    expect(await root('ls -d /opt/clawmoor 2>/dev/null || echo nothing')).toBe('nothing\n');
  });

  it('is built there and answers; a second run builds nothing', async () => {
    const startedAt = performance.now();
    expect(await root(`${install} || true`)).toContain('Clawmoor 0.1.0 runs at https://claw.test');
    console.log(`from a bare host and a checkout to answering: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    expect(await root('clawmoorctl status')).toMatch(/health +ok/);
    expect(await root(install)).toBe('Nothing to change: version 0.1.0 runs at https://claw.test\n');
    expect(await root('ls -d /var/tmp/clawmoor-* 2>/dev/null || echo clean')).toBe('clean\n');
  });
});
