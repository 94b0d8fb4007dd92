import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embedding-server.ts';
import { startRagd, type TestRagd } from '../support/ragd.ts';

// Processes are started in nearly every test here; a loaded machine takes its time for that.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUESTIONS = ['anchor in a storm', 'когда открыт порт', '灯塔 开放 时间', 'rope'];
type Members = Map<string, Buffer>;

async function membersOf(archive: Buffer): Promise<Members> {
  const tar = extract();
  tar.end(gunzipSync(archive));
  const members: Members = new Map();
  for await (const entry of tar) {
    const pieces: Buffer[] = [];
    for await (const piece of entry) pieces.push(piece as Buffer);
    members.set(entry.header.name, Buffer.concat(pieces));
  }
  return members;
}

async function archiveOf(members: Members): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of members) tar.entry({ name }, content);
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return gzipSync(Buffer.concat(pieces));
}

describe('Export and import', () => {
  let [here, there, model] = [] as unknown as [TestRagd, TestRagd, EmbeddingServer];
  let archive: Buffer;
  const settings = () => ({
    embedding: { provider: 'openai-compatible', baseUrl: `${model.url}/v1`, model: 'test', apiKey: 'sk-secret' },
    weight: 0.4,
  });
  const answers = (ragd: TestRagd, agent: string) =>
    Promise.all(
      QUESTIONS.map(async (query) => (await ragd.call('POST', `/agents/${agent}/query`, { body: { query, limit: 20 } })).body),
    ).then((all) => all.map(({ results, mode }) => ({ results, mode })));
  const take = (agent: string, body: Buffer) => there.call('POST', `/agents/${agent}/import`, { body });

  beforeAll(async () => {
    [here, there, model] = await Promise.all([startRagd(), startRagd(), startEmbeddingServer()]);
    await here.call('PUT', '/agents/sea', { body: settings() });
    const documents = {
      'anchor.md': '# Anchors\n\nIn a storm the anchor holds the ship.\n\n# Ropes\n\nA rope is checked each spring.\n',
      'порт.txt': 'Порт открыт с шести утра до полуночи.',
      '灯塔.txt': '灯塔每天上午九点开放，星期一关闭。',
      'copy of anchor.md': '# Anchors\n\nIn a storm the anchor holds the ship.\n\n# Ropes\n\nA rope is checked each spring.\n',
    };
    for (const [name, text] of Object.entries(documents))
      await here.call('PUT', `/agents/sea/files?name=${encodeURIComponent(name)}`, { body: Buffer.from(text) });
    await here.settled('sea');
    await here.call('POST', '/agents/sea/token');
    archive = (await here.call('GET', '/agents/sea/export')).bytes;
  });
  afterAll(() => Promise.all([here, there, model].map((one) => one[Symbol.asyncDispose]())));

  it('carries everything but tokens and keys', async () => {
    const members = await membersOf(archive);
    expect([...members.keys()].filter((name) => !name.startsWith('documents/'))).toEqual([
      'manifest.json',
      'documents.jsonl',
      'chunks.jsonl',
      'vectors.f32',
    ]);
    expect([...members.keys()].filter((name) => name.startsWith('documents/'))).toHaveLength(3);
    for (const content of members.values()) expect(content.includes('sk-secret')).toBe(false);
    expect(readdirSync(join(here.folder, 'agents'))).toEqual(['sea']);
  });

  it('answers the same questions alike on another server, embedding nothing again', async () => {
    const embedded = model.embedded();
    const { status, body } = await take('moved', archive);
    expect({ status, imported: body.imported }).toEqual({ status: 200, imported: { files: 4, chunks: 4, vectors: 4 } });
    await there.settled('moved');
    expect(model.embedded()).toBe(embedded);
    const [before, after] = [await answers(here, 'sea'), await answers(there, 'moved')];
    expect(after).toEqual(before);
    expect(before[1]?.results[0].file.name).toBe('порт.txt');
    expect(before[2]?.results[0].file.name).toBe('灯塔.txt');
  });

  it('makes its vectors anew where the agent has another model, answering meanwhile', async () => {
    await there.call('PUT', '/agents/other', { body: { embedding: { provider: 'ollama', baseUrl: model.url, model: 'other' } } });
    await take('other', archive);
    await there.settled('other');
    expect((await there.call('GET', '/agents/other')).body).toMatchObject({ index: { model: 'other' }, vectors: 4, building: null });
  });

  it('reads again what came without vectors', async () => {
    const bare = (await here.call('GET', '/agents/sea/export?vectors=0')).bytes;
    expect([...(await membersOf(bare)).keys()]).not.toContain('vectors.f32');
    await there.call('PUT', '/agents/bare', { body: settings() });
    expect((await take('bare', bare)).body.imported).toEqual({ files: 4, chunks: 4, vectors: 0 });
    await there.settled('bare');
    expect(await answers(there, 'bare')).toEqual(await answers(here, 'sea'));
  });

  it('takes nothing into an agent that has documents', async () => {
    expect((await take('moved', archive)).body).toMatchObject({ code: 'archive.not_empty', fix: expect.any(String) });
  });

  const altered = async (alter: (members: Members) => void): Promise<Buffer> => {
    const members = await membersOf(archive);
    alter(members);
    return archiveOf(members);
  };
  const manifest = (members: Members, change: (manifest: Record<string, unknown> & { members: object; counts: object }) => void): void => {
    const value = JSON.parse(String(members.get('manifest.json')));
    change(value);
    members.set('manifest.json', Buffer.from(JSON.stringify(value)));
  };
  const claim = (members: Members, name: string): void => {
    const content = members.get(name) ?? Buffer.alloc(0);
    const sha256 = createHash('sha256').update(content).digest('hex');
    manifest(members, ({ members: all }) => Object.assign(all, { [name]: { sha256, bytes: content.length } }));
  };
  it.each<[string, () => Promise<Buffer>]>([
    ['is no archive', async () => Buffer.from('hello')],
    ['is empty', async () => Buffer.alloc(0)],
    ['was cut off', async () => archive.subarray(0, archive.length - 50)],
    [
      'has another byte',
      () =>
        altered((members) => void members.set('chunks.jsonl', Buffer.from(String(members.get('chunks.jsonl')).replace('storm', 'stork')))),
    ],
    [
      'lies about a passage',
      () =>
        altered(
          (members) => (
            members.set('chunks.jsonl', Buffer.from(String(members.get('chunks.jsonl')).replace('storm', 'stork'))),
            claim(members, 'chunks.jsonl')
          ),
        ),
    ],
    ['lacks a document', () => altered((members) => void members.delete([...members.keys()].at(-1) ?? ''))],
    [
      'climbs out of its folder',
      () => altered((members) => (members.set('../../../evil', Buffer.from('x')), claim(members, '../../../evil'))),
    ],
    ['holds a stranger', () => altered((members) => void members.set('evil.sh', Buffer.from('x')))],
    [
      'has a vector that is not a number',
      () => altered((members) => (members.get('vectors.f32')?.writeFloatLE(NaN, 8), claim(members, 'vectors.f32'))),
    ],
    ['has too few vectors', () => altered((members) => (members.set('vectors.f32', Buffer.alloc(1024, 1)), claim(members, 'vectors.f32')))],
    ['is of another format', () => altered((members) => manifest(members, (value) => void (value['format'] = 2)))],
    ['counts wrongly', () => altered((members) => manifest(members, ({ counts }) => void Object.assign(counts, { chunks: 99 })))],
    [
      'has its manifest last',
      () =>
        altered((members) => {
          const first = members.get('manifest.json');
          members.delete('manifest.json');
          members.set('manifest.json', first ?? Buffer.alloc(0));
        }),
    ],
    ['unpacks to far too much', async () => gzipSync(Buffer.alloc(40 * 1024 * 1024))],
  ])('refuses an archive that %s, and leaves nothing', async (_, make) => {
    const { status, body } = await take('broken', await make());
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'archive.broken' });
    expect(body.fix).toEqual(expect.any(String));
    expect(readdirSync(join(there.folder, 'agents')).filter((name) => name.startsWith('.') || name === 'broken')).toEqual([]);
  });
});
