import { gunzipSync, gzipSync } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { addServer, startOpenclawWorld, type OpenclawWorld } from '../support/openclaw-world.ts';
import { SSHD } from '../support/sshd.ts';

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();

interface Entry {
  name: string;
  content?: string;
  type?: 'file' | 'symlink' | 'directory';
}

async function tarOf(entries: Entry[]): Promise<string> {
  const tar = pack();
  for (const { name, content = '', type = 'file' } of entries)
    tar.entry({ name, type, ...(type === 'symlink' && { linkname: '/etc/passwd' }) }, type === 'file' ? content : '');
  tar.finalize();
  return gzipSync(await buffer(tar)).toString('base64');
}

async function untar(archive: Buffer): Promise<Record<string, string>> {
  const reader = extract();
  reader.end(gunzipSync(archive));
  const texts: Record<string, string> = {};
  for await (const entry of reader) texts[entry.header.name] = (await buffer(entry)).toString();
  return texts;
}

describeIf(why === undefined, `the real OpenClaw: ${why}`)('The agents of a real gateway', () => {
  let all: OpenclawWorld;
  let agents: string;

  beforeAll(async () => {
    all = await startOpenclawWorld();
    agents = `${all.base}/agents`;
    const created = await all.owner.post(agents, { id: 'deck', name: 'Deck hand' });
    expect(created.status).toBe(201);
  }, 300_000);
  afterAll(() => all[Symbol.asyncDispose]());

  const download = async (path: string) => {
    const response = await fetch(`${all.test.url}/api${path}`, { headers: { authorization: `Bearer ${all.owner.token}` } });
    return { status: response.status, name: response.headers.get('content-disposition'), bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it('are read, renamed and given a sign; one that is not there answers 404', async () => {
    expect((await all.viewer.get(`${agents}/deck`)).body).toMatchObject({ id: 'deck', name: 'Deck hand', isDefault: false });
    const changed = await all.owner.put(`${agents}/deck`, { name: 'Bosun', emoji: '⚓', model: 'test/test-model' });
    expect([changed.status, changed.body.name, changed.body.emoji]).toEqual([200, 'Bosun', '⚓']);
    expect((await all.viewer.get(`${agents}/deck`)).body).toMatchObject({ name: 'Bosun', emoji: '⚓', model: 'test/test-model' });
    expect((await all.owner.put(`${agents}/deck`, { model: null })).body.model).toBe('test/test-model');
    expect((await all.viewer.get(`${agents}/nobody`)).body.code).toBe('agent.not_found');
    expect((await all.owner.put(`${agents}/nobody`, { name: 'x' })).body.code).toBe('agent.not_found');
    expect((await all.viewer.put(`${agents}/deck`, { name: 'x' })).status).toBe(403);
    expect((await all.owner.put(`${agents}/deck`, { emoji: 'not an emoji' })).status).toBe(400);
  });

  it('have files that are written only over the version that was read', async () => {
    const { files } = (await all.viewer.get(`${agents}/deck/files`)).body;
    const names = files.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['SOUL.md', 'IDENTITY.md', 'AGENTS.md', 'USER.md', 'MEMORY.md']));
    const soul = (await all.viewer.get(`${agents}/deck/files/SOUL.md`)).body;
    expect(soul.hash).toMatch(/^[a-f0-9]{64}$/);
    const first = await all.owner.put(`${agents}/deck/files/SOUL.md`, { content: 'I keep the deck.', baseHash: soul.hash });
    expect([first.status, first.body.content]).toEqual([200, 'I keep the deck.']);
    const stale = await all.owner.put(`${agents}/deck/files/SOUL.md`, { content: 'I do not.', baseHash: soul.hash });
    expect([stale.status, stale.body.code, stale.body.hash]).toEqual([409, 'file.changed_meanwhile', first.body.hash]);
    expect((await all.viewer.get(`${agents}/deck/files/SOUL.md`)).body.content).toBe('I keep the deck.');
  });

  it('have files that may be missing still: then only a first version is taken', async () => {
    expect((await all.viewer.get(`${agents}/deck/files/MEMORY.md`)).body).toMatchObject({ missing: true, hash: null, content: '' });
    const first = await all.owner.put(`${agents}/deck/files/MEMORY.md`, { content: 'Tide at six. ⚓', baseHash: null });
    expect(first.body).toMatchObject({ missing: false, size: 16 });
    const second = await all.owner.put(`${agents}/deck/files/MEMORY.md`, { content: 'No.', baseHash: null });
    expect([second.status, second.body.hash]).toEqual([409, first.body.hash]);
  });

  it('have no other files: no path, no name that the gateway does not know, none that is too large', async () => {
    for (const name of ['..%2F..%2Fopenclaw.json', '%2Fetc%2Fpasswd', 'NOTES.md', 'SOUL.md%00']) {
      expect((await all.owner.get(`${agents}/deck/files/${name}`)).body.code, name).toBe('file.not_supported');
      expect((await all.owner.put(`${agents}/deck/files/${name}`, { content: 'x', baseHash: null })).body.code).toBe('file.not_supported');
    }
    const { hash } = (await all.owner.get(`${agents}/deck/files/SOUL.md`)).body;
    const large = await all.owner.put(`${agents}/deck/files/SOUL.md`, { content: 'ü'.repeat(200_000), baseHash: hash });
    expect([large.status, large.body.code]).toEqual([413, 'file.too_large']);
    expect((await all.viewer.put(`${agents}/deck/files/SOUL.md`, { content: 'x', baseHash: hash })).status).toBe(403);
  });

  it('write no text of a file into the audit log, but its hash', async () => {
    const rows = await all.test.world.db.selectFrom('audit').selectAll().where('action', '=', 'openclaw.agent_file_write').execute();
    const text = JSON.stringify(rows);
    expect(text).not.toContain('Tide at six');
    expect(text).toMatch(/"hash\W+[a-f0-9]{64}/);
  });

  it('leave as an archive without secrets, and come back from it as another agent', async () => {
    const user = (await all.owner.get(`${agents}/deck/files/USER.md`)).body;
    const secret = `sk-${'a1'.repeat(20)}`;
    await all.owner.put(`${agents}/deck/files/USER.md`, {
      content: `Key ${secret}\napi_key: Zx81Zx81Zx81Zx\nLikes tea.`,
      baseHash: user.hash,
    });
    const exported = await download(`${agents}/deck/export`);
    expect([exported.status, exported.name]).toEqual([200, expect.stringContaining('.tar.gz')]);
    const texts = await untar(exported.bytes);
    expect(texts['files/SOUL.md']).toBe('I keep the deck.');
    expect(texts['files/USER.md']).toContain('Likes tea.');
    const whole = JSON.stringify(texts);
    for (const part of [secret, 'Zx81Zx81', all.openclaw.token, all.sshd.home]) expect(whole).not.toContain(part);
    const archive = exported.bytes.toString('base64');
    const shown = await all.owner.post(`${agents}/import/preview`, { archive });
    expect(shown.body).toMatchObject({ agent: { id: 'deck', name: 'Bosun', emoji: '⚓' }, exists: true, modelKnown: true, skipped: [] });
    const again = await all.owner.post(`${agents}/import`, { archive });
    expect([again.status, again.body.code]).toEqual([409, 'agent.exists']);
    const made = await all.owner.post(`${agents}/import`, { archive, id: 'mate', name: 'Mate' });
    expect([made.status, made.body.id, made.body.name, made.body.emoji]).toEqual([201, 'mate', 'Mate', '⚓']);
    expect((await all.viewer.get(`${agents}/mate/files/SOUL.md`)).body.content).toBe('I keep the deck.');
    expect((await all.viewer.get(`${agents}/deck/export`)).status).toBe(403);
  });

  it('are not made of a hostile archive', async () => {
    const manifest = (files: object[]): Entry => ({
      name: 'agent.json',
      content: JSON.stringify({ format: 'clawmoor.agent/1', agent: { id: 'evil', name: 'Evil', model: null, emoji: null }, files }),
    });
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString('base64');
    const hostile: [string, string, string][] = [
      ['no archive', Buffer.from('hello').toString('base64'), 'agent.archive_invalid'],
      ['no tar', gzipSync('hello'.repeat(300)).toString('base64'), 'agent.archive_invalid'],
      ['a bomb', bomb, 'agent.archive_too_large'],
      ['a path that climbs', await tarOf([manifest([]), { name: 'files/../../evil.md' }]), 'agent.archive_invalid'],
      ['an absolute path', await tarOf([manifest([]), { name: '/etc/cron.d/evil' }]), 'agent.archive_invalid'],
      ['a symlink', await tarOf([manifest([]), { name: 'files/SOUL.md', type: 'symlink' }]), 'agent.archive_invalid'],
      ['a folder', await tarOf([manifest([]), { name: 'files', type: 'directory' }]), 'agent.archive_invalid'],
      ['a thousand files', await tarOf(Array.from({ length: 1000 }, (_, at) => ({ name: `files/A${at}.md` }))), 'agent.archive_too_large'],
      ['a file twice', await tarOf([{ name: 'files/A.md' }, { name: 'files/A.md' }]), 'agent.archive_invalid'],
      ['a huge file', await tarOf([{ name: 'files/A.md', content: 'x'.repeat(300_000) }]), 'agent.archive_too_large'],
      ['no manifest', await tarOf([{ name: 'files/SOUL.md', content: 'x' }]), 'agent.archive_invalid'],
      [
        'a damaged file',
        await tarOf([manifest([{ name: 'SOUL.md', size: 1, sha256: 'f'.repeat(64) }]), { name: 'files/SOUL.md', content: 'x' }]),
        'agent.archive_invalid',
      ],
      ['bytes that are no text', await tarOf([{ name: 'agent.json', content: '\ud800' }]), 'agent.archive_invalid'],
    ];
    for (const [what, archive, code] of hostile) {
      expect((await all.owner.post(`${agents}/import/preview`, { archive })).body.code, what).toBe(code);
      expect((await all.owner.post(`${agents}/import`, { archive })).body.code, what).toBe(code);
    }
    expect((await all.owner.get(agents)).body.agents.map(({ id }: { id: string }) => id)).not.toContain('evil');
    expect((await all.owner.post(`${agents}/import`, { archive: 'A'.repeat(4_000_000) })).status).toBe(413);
  });

  it('are copied only to servers on which the person is an admin as well (S13)', async () => {
    const clone = (toServerId: string, id: string, by = all.owner) => by.post(`${agents}/deck/clone`, { toServerId, id });
    const made = await clone(all.serverId, 'twin');
    expect([made.status, made.body.id, made.body.name]).toEqual([201, 'twin', 'Bosun']);
    const theirs = await addServer(all.stranger, all.sshd);
    expect((await clone(theirs, 'spy')).body.code).toBe('server.not_found');
    expect((await clone('srv_missing', 'spy')).body.code).toBe('server.not_found');
    await all.test.grant(theirs, all.owner.id, 'viewer');
    expect([(await clone(theirs, 'spy')).status, (await clone(theirs, 'spy')).body.code]).toEqual([403, 'auth.role_too_low']);
    expect((await clone(all.serverId, 'spy', all.viewer)).status).toBe(403);
    expect((await all.owner.get(agents)).body.agents.map(({ id }: { id: string }) => id)).not.toContain('spy');
  });

  it('are deleted only with their name or id typed, and may vanish between two calls', async () => {
    expect((await all.owner.remove(`${agents}/twin`)).status).toBe(400);
    const wrong = await all.owner.remove(`${agents}/twin?confirm=main`);
    expect([wrong.status, wrong.body.code]).toEqual([400, 'agent.confirm_mismatch']);
    expect((await all.owner.remove(`${agents}/mate?confirm=Mate&deleteFiles=true`)).status).toBe(204);
    expect((await all.owner.get(`${agents}/mate`)).body.code).toBe('agent.not_found');
    // Behind our back, while somebody edits one of its files.
    const { hash } = (await all.owner.get(`${agents}/twin/files/SOUL.md`)).body;
    await all.test.world.gateways.request(all.serverId, { method: 'agents.delete', params: { agentId: 'twin' }, as: 'control' });
    await expect.poll(async () => (await all.owner.get(`${agents}/twin`)).status, { timeout: 10_000 }).toBe(404);
    const late = await all.owner.put(`${agents}/twin/files/SOUL.md`, { content: 'x', baseHash: hash });
    expect([late.status, late.body.code]).toEqual([404, 'agent.not_found']);
    expect((await all.owner.remove(`${agents}/twin?confirm=twin`)).body.code).toBe('agent.not_found');
    expect((await all.owner.get(`${agents}/twin/export`)).body.code).toBe('agent.not_found');
  });
});
