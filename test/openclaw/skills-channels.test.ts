import { afterAll, beforeAll, expect, it } from 'vitest';
import { skillText, startFakeClawhub, type FakeClawhub } from '../support/fake-clawhub.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { startOpenclawWorld, type OpenclawWorld } from '../support/openclaw-world.ts';
import { SSHD } from '../support/sshd.ts';
import type { Answer } from '../support/world.ts';
import { zipOf } from '../support/zip.ts';

const PLUGINS = {
  'sea-plugin': 'clean',
  'kraken-plugin': 'malicious',
  'fog-plugin': 'unknown',
  'siren-plugin': 'blocked at the last moment',
} as const;

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();

describeIf(why === undefined, `the real OpenClaw: ${why}`)('Skills, plugins and channels of a real gateway', () => {
  let all: OpenclawWorld;
  let hub: FakeClawhub;

  beforeAll(async () => {
    hub = await startFakeClawhub({ tide: 'clean', kraken: 'malicious', fog: 'unknown', siren: 'blocked at the last moment' }, PLUGINS);
    all = await startOpenclawWorld({ env: { OPENCLAW_CLAWHUB_URL: hub.url } });
  }, 300_000);
  afterAll(async () => {
    await all[Symbol.asyncDispose]();
    await hub[Symbol.asyncDispose]();
  });

  const changeConfig = async (change: object): Promise<void> => {
    const { gateways } = all.test.world;
    const { hash } = (await gateways.request(all.serverId, { method: 'config.get', as: 'control' })) as { hash: string };
    await gateways.request(all.serverId, {
      method: 'config.patch',
      params: { raw: JSON.stringify(change), baseHash: hash },
      as: 'control',
    });
  };
  const install = (body: object) => all.owner.post(`${all.base}/skills/install`, body);
  const keys = async (query = ''): Promise<string[]> =>
    (await all.viewer.get(`${all.base}/skills${query}`)).body.skills.map(({ key }: { key: string }) => key);

  it('lists skills with what they need, for one agent or the default one', async () => {
    const { skills } = (await all.viewer.get(`${all.base}/skills`)).body;
    expect(skills.length).toBeGreaterThan(20);
    const locked = (await all.viewer.get(`${all.base}/skills/1password`)).body;
    expect(locked).toMatchObject({ key: '1password', enabled: true, bundled: true, eligible: false, missing: { programs: ['op'] } });
    expect(await keys('?agentId=main')).toEqual(await keys());
    expect((await all.viewer.get(`${all.base}/skills?agentId=nobody`)).body.code).toBe('agent.not_found');
    expect((await all.viewer.get(`${all.base}/skills/nothing`)).body.code).toBe('skill.not_found');
  });

  it('turns a skill off and on; not one that is not there, and not for a viewer', async () => {
    const path = `${all.base}/skills/weather`;
    expect((await all.owner.put(path, { enabled: false })).body.enabled).toBe(false);
    expect((await all.viewer.get(path)).body.enabled).toBe(false);
    expect((await all.owner.put(path, { enabled: true })).body.enabled).toBe(true);
    expect((await all.viewer.get(path)).body.enabled).toBe(true);
    expect((await all.viewer.put(path, { enabled: false })).status).toBe(403);
    expect((await all.owner.put(`${all.base}/skills/nothing`, { enabled: false })).body.code).toBe('skill.not_found');
    expect(JSON.stringify(all.openclaw.config.read())).not.toContain('nothing');
  });

  it('finds skills on the hub, each with what the hub says of it', async () => {
    const found = (await all.viewer.get(`${all.base}/skill-hub?query=sea`)).body.skills;
    expect(found.map(({ slug, owner }: { slug: string; owner: string }) => [slug, owner])).toContainEqual(['tide', 'crew']);
    for (const [slug, verdict] of [
      ['tide', 'clean'],
      ['kraken', 'malicious'],
      ['fog', 'unknown'],
    ])
      expect((await all.viewer.get(`${all.base}/skill-hub/${slug}`)).body).toMatchObject({ slug, verdict, version: '1.0.0' });
    expect((await all.viewer.get(`${all.base}/skill-hub/nothing`)).body.code).toBe('skill.not_found');
  });

  it('installs what was found clean', async () => {
    const installed = await install({ slug: 'tide', agentId: 'main' });
    expect([installed.status, installed.body]).toEqual([200, expect.objectContaining({ slug: 'tide', version: '1.0.0' })]);
    expect(await keys()).toContain('tide');
  });

  it('never installs a malicious one, also when it is only found out at the last moment', async () => {
    const before = hub.asked.length;
    for (const slug of ['kraken', 'siren']) {
      const refused = await install({ slug, confirm: true });
      expect([refused.status, refused.body.code], slug).toEqual([409, 'skill.malicious']);
    }
    expect(hub.asked.slice(before).filter((line) => line.includes('/zip/'))).toEqual([]);
    expect(await keys()).not.toEqual(expect.arrayContaining(['kraken']));
  });

  it('asks twice before it installs one that nobody has checked', async () => {
    const first = await install({ slug: 'fog' });
    expect([first.status, first.body.code]).toEqual([409, 'skill.unconfirmed']);
    expect(await keys()).not.toContain('fog');
    expect((await install({ slug: 'fog', confirm: true })).status).toBe(200);
    expect(await keys()).toContain('fog');
  });

  it('updates one that came from the hub, and no other', async () => {
    expect((await all.owner.post(`${all.base}/skills/tide/update`, {})).status).toBe(200);
    expect((await all.owner.post(`${all.base}/skills/weather/update`, {})).body.code).toBe('skill.not_found');
  });

  it('takes a skill from an archive without any network, once the gateway allows it and the person means it', async () => {
    const upload = (files: Record<string, string>, more: object = { confirm: true }) =>
      all.owner.post(`${all.base}/skills/upload`, { slug: 'ropes', archive: zipOf(files).toString('base64'), ...more });
    const skill = { 'SKILL.md': skillText('ropes') };
    expect((await upload(skill, {})).body.code).toBe('skill.unconfirmed');
    expect((await upload(skill)).body.code).toBe('skill.uploads_disabled');
    await changeConfig({ skills: { install: { allowUploadedArchives: true } } });
    const climbing = await upload({ ...skill, '../../../evil.md': 'x' });
    expect([climbing.status, climbing.body.code]).toEqual([400, 'skill.archive_refused']);
    expect((await upload({ 'README.md': 'x' })).body.code).toBe('skill.archive_refused');
    expect((await upload(skill)).status).toBe(200);
    expect(await keys()).toContain('ropes');
    const again = await upload(skill);
    expect([again.status, again.body.code], again.text).toEqual([409, 'skill.exists']);
    expect(again.body.error).toContain('ropes');
  });

  const pluginPath = (rest: string): string => `${all.base}/plugins${rest}`;
  const plugin = async (id: string) =>
    (await all.viewer.get(pluginPath(''))).body.plugins.find((one: { id: string }) => one.id === id) as Record<string, unknown> | undefined;
  const hubIds = async (): Promise<Record<string, string>> => {
    const found: { name: string; id: string }[] = (await all.viewer.get(`${all.base}/plugin-hub?query=plugin`)).body.plugins;
    return Object.fromEntries(found.map(({ name, id }) => [name.replace('The ', ''), id]));
  };
  /** A gateway that still takes up the change before refuses the next one for a moment. */
  const whenIdle = async (act: () => Promise<Answer>): Promise<Answer> => {
    let answer = await act();
    await expect
      .poll(async () => (answer.body?.code === 'gateway.busy' ? (answer = await act()).status : 0), { timeout: 30_000 })
      .not.toBe(503);
    return answer;
  };

  it('finds plugins on the hub, each with what the hub says of it and what it brings', async () => {
    const ids = await hubIds();
    expect(Object.keys(ids).toSorted()).toEqual(Object.keys(PLUGINS).toSorted());
    for (const [name, verdict] of [
      ['sea-plugin', 'clean'],
      ['kraken-plugin', 'malicious'],
      ['fog-plugin', 'unknown'],
    ] as const) {
      const { body } = await all.viewer.get(`${all.base}/plugin-hub/${ids[name]}`);
      expect(body).toMatchObject({
        name: `The ${name}`,
        version: '1.0.0',
        owner: 'crew',
        verdict,
        installed: false,
        channels: ['semaphore'],
      });
    }
    for (const id of ['ch_bm90aGluZw', 'local_bWVtb3J5', 'nothing'])
      expect((await all.viewer.get(`${all.base}/plugin-hub/${id}`)).body.code, id).toBe('plugin.not_found');
  });

  it('installs a plugin by the same rules as a skill, updates it, and removes it', async () => {
    const ids = await hubIds();
    const add = (name: string, more: object = {}) =>
      whenIdle(() => all.owner.post(pluginPath('/install'), { source: 'hub', id: ids[name], ...more }));
    const before = hub.asked.length;
    for (const name of ['kraken-plugin', 'siren-plugin'])
      expect((await add(name, { confirm: true })).body.code, name).toBe('plugin.malicious');
    expect((await add('fog-plugin')).body.code).toBe('plugin.unchecked');
    expect(hub.asked.slice(before).filter((line) => line.includes('/download'))).toEqual([]);
    expect((await all.viewer.post(pluginPath('/install'), { source: 'hub', id: ids['sea-plugin'] })).status).toBe(403);

    const sea = await add('sea-plugin');
    expect([sea.status, sea.body], sea.text).toEqual([
      200,
      { plugin: expect.objectContaining({ id: 'sea-plugin', enabled: true }), warning: null },
    ]);
    expect(await plugin('sea-plugin')).toMatchObject({
      installed: true,
      enabled: true,
      updatable: true,
      removable: true,
      version: '1.0.0',
    });
    const fog = await add('fog-plugin', { confirm: true });
    expect([fog.status, fog.body.warning], fog.text).toEqual([200, expect.stringMatching(/Review/)]);
    expect((await add('sea-plugin')).body.code).toBe('plugin.exists');

    const update = (id: string) => whenIdle(() => all.owner.post(pluginPath(`/${id}/update`), {}));
    expect((await update('sea-plugin')).body).toMatchObject({ plugin: { id: 'sea-plugin', enabled: true } });
    expect((await update('fog-plugin')).body.code).toBe('plugin.unchecked');
    expect((await update('memory-core')).body.code).toBe('plugin.not_from_hub');
    expect((await update('nothing')).body.code).toBe('plugin.not_found');

    const remove = (id: string) => whenIdle(() => all.owner.remove(pluginPath(`/${id}`)));
    for (const id of ['sea-plugin', 'fog-plugin']) expect((await remove(id)).status, id).toBe(204);
    expect([await plugin('sea-plugin'), await plugin('fog-plugin')]).toEqual([undefined, undefined]);
    expect((await remove('sea-plugin')).body.code).toBe('plugin.not_found');
    expect((await remove('memory-core')).body.code).toBe('plugin.built_in');
  });

  it('says of a plugin that OpenClaw offers itself that it can be installed, and of no other', async () => {
    expect(await plugin('lobster')).toMatchObject({ installed: false, installable: true, removable: false });
    expect(await plugin('memory-core')).toMatchObject({ installed: true, installable: false, removable: false });
    const add = (id: string) => all.owner.post(pluginPath('/install'), { source: 'official', id });
    expect((await add('memory-core')).body.code).toBe('plugin.exists');
    expect((await add('nothing')).body.code).toBe('plugin.not_found');
  });

  it('says within seconds that the server does not reach the hub', async () => {
    const { 'sea-plugin': hubPlugin } = await hubIds();
    await hub[Symbol.asyncDispose]();
    const [found, ...others] = await Promise.all([
      all.viewer.get(`${all.base}/skill-hub?query=x`),
      all.viewer.get(`${all.base}/skill-hub/tide`),
      install({ slug: 'tide' }),
      all.viewer.get(`${all.base}/plugin-hub?query=x`),
      all.owner.post(pluginPath('/install'), { source: 'hub', id: hubPlugin }),
    ]);
    const [skill, plugins] = [
      [502, 'skill.hub_unreachable'],
      [502, 'plugin.hub_unreachable'],
    ];
    expect([found, ...others].map(({ status, body }) => [status, body.code])).toEqual([skill, skill, skill, plugins, plugins]);
    expect(found.body.fix).toContain('clawhub.ai');
  });

  it('shows plugins and what they may do, and turns one on and off', async () => {
    const { plugins } = (await all.viewer.get(`${all.base}/plugins`)).body;
    expect(plugins.find(({ id }: { id: string }) => id === 'memory-core')).toMatchObject({ installed: true, enabled: true });
    const detail = (await all.viewer.get(`${all.base}/plugins/memory-core`)).body;
    expect(detail).toMatchObject({ tools: expect.arrayContaining(['memory_search']), reviewToken: expect.any(String) });
    for (const enabled of [true, false]) {
      // A gateway that still applies the change before refuses the next one for a moment.
      const set = async () => {
        const { status, body } = await all.owner.put(`${all.base}/plugins/llm-task`, { enabled });
        return [status, body.plugin?.enabled, body.restartRequired];
      };
      await expect.poll(set, { timeout: 25_000, interval: 1_000 }).toEqual([200, enabled, false]);
    }
    expect((await all.viewer.get(`${all.base}/plugins/nothing`)).body.code).toBe('plugin.not_found');
    expect((await all.owner.put(`${all.base}/plugins/nothing`, { enabled: true })).body.code).toBe('plugin.not_found');
    expect((await all.viewer.put(`${all.base}/plugins/llm-task`, { enabled: true })).status).toBe(403);
  });

  it('has no channels at first, and says so for each thing one may do with them', async () => {
    expect((await all.viewer.get(`${all.base}/channels`)).body).toEqual({ channels: [], issues: [] });
    for (const verb of ['start', 'stop', 'logout', 'login', 'login/wait'])
      expect((await all.owner.post(`${all.base}/channels/telegram/${verb}`)).body.code, verb).toBe('channel.not_found');
    expect((await all.owner.get(`${all.base}/pairings`)).body).toEqual({ requests: [] });
    expect((await all.viewer.get(`${all.base}/pairings`)).status).toBe(403);
  });

  it('shows a channel with its trouble, starts it, logs it out; it has no login by code', async () => {
    await all.owner.put(`${all.base}/plugins/telegram`, { enabled: true });
    const botToken = `123456:${'A'.repeat(35)}`;
    await changeConfig({ channels: { telegram: { enabled: true, botToken, apiRoot: 'http://127.0.0.1:9' } } });
    const listed = await until(async () => (await all.viewer.get(`${all.base}/channels`)).body.channels[0]);
    expect(listed).toMatchObject({ id: 'telegram', label: 'Telegram', accounts: [{ id: 'default', configured: true }] });
    expect(JSON.stringify(listed)).not.toContain(botToken);
    expect((await all.owner.post(`${all.base}/channels/telegram/login`)).body.code).toBe('channel.no_qr_login');
    const pairing = { channel: 'telegram', accountId: 'default' };
    for (const verb of ['approve', 'dismiss'])
      expect((await all.owner.post(`${all.base}/pairings/none/${verb}`, pairing)).body.code).toBe('pairing.not_found');
    expect((await all.owner.post(`${all.base}/channels/telegram/start`)).body).toEqual({ started: true });
    expect((await all.owner.post(`${all.base}/channels/telegram/logout`)).body).toEqual({ loggedOut: true });
    expect((await all.viewer.get(`${all.base}/channels`)).body.channels[0].accounts[0]).toMatchObject({
      running: false,
      lastError: 'logged out',
    });
  });
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const endAt = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endAt) throw new Error('It did not come within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
