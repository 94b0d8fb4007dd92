import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embedding-server.ts';
import { startRagd, type TestRagd } from '../support/ragd.ts';

// Processes are started in nearly every test here; a loaded machine takes its time for that.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const page = (topic: string): Buffer => Buffer.from(`# ${topic}\n\nEverything about ${topic} is written here, in one paragraph.\n`);

describe('The retrieval service', () => {
  let ragd: TestRagd;
  let model: EmbeddingServer;
  const put = (agent: string, name: string, bytes: Buffer) =>
    ragd.call('PUT', `/agents/${agent}/files?name=${encodeURIComponent(name)}`, { body: bytes });
  const ask = async (agent: string, query: string, token = ragd.admin) =>
    (await ragd.call('POST', `/agents/${agent}/query`, { body: { query }, token })).body;

  beforeAll(async () => {
    [ragd, model] = await Promise.all([startRagd(), startEmbeddingServer()]);
    for (const agent of ['one', 'two'])
      await ragd.call('PUT', `/agents/${agent}`, { body: { embedding: { provider: 'ollama', baseUrl: model.url, model: 'test' } } });
    await put('one', '../lighthouse\n.md', page('lighthouses'));
    await put('two', 'harbour.md', page('harbours'));
    await Promise.all([ragd.settled('one'), ragd.settled('two')]);
  });
  afterAll(async () => {
    await ragd[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  it('answers passages with their file and place, by words and by meaning', async () => {
    expect(await ask('one', 'lighthouse keeping')).toMatchObject({
      mode: 'hybrid',
      pendingVectors: 0,
      results: [{ file: { name: '../lighthouse\n.md' }, position: { unit: 'line', from: 3, heading: 'lighthouses' } }],
    });
    expect(readdirSync(join(ragd.folder, 'agents/one/blobs'))).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it('serves its socket to its own user only, and programs only', async () => {
    expect(statSync(join(ragd.folder, 'ragd.sock')).mode & 0o777).toBe(0o600);
    expect((await ragd.call('GET', '/health', { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await ragd.call('GET', '/health', { headers: { origin: 'http://localhost' } })).status).toBe(403);
  });

  it('lets an agent ask its own documents and nothing else', async () => {
    const { token } = (await ragd.call('POST', '/agents/one/token')).body;
    expect((await ask('one', 'lighthouses', token)).results).toHaveLength(1);
    expect((await ragd.call('POST', '/agents/two/query', { body: { query: 'harbours' }, token })).body.code).toBe('token.wrong');
    expect((await ragd.call('GET', '/agents/one/files', { token })).body.code).toBe('token.admin_only');
    await ragd.call('DELETE', '/agents/one/token');
    expect((await ask('one', 'lighthouses', token)).code).toBe('token.wrong');
  });

  it('embeds nothing of an unchanged file, and answers by words while the model is away', async () => {
    const before = model.embedded();
    expect((await put('two', 'harbour.md', page('harbours'))).body.unchanged).toBe(true);
    await ragd.call('POST', '/agents/two/reindex');
    await ragd.settled('two');
    expect(model.embedded()).toBe(before);
    model.fault({ status: 500 });
    expect(await ask('two', 'harbours')).toMatchObject({
      mode: 'keyword',
      degradedBecause: { code: 'embedding.unavailable', message: expect.stringContaining('500') },
      results: [{}],
    });
    model.fault(undefined);
  });

  it.each([
    ['file.empty', Buffer.alloc(0)],
    ['file.unsupported', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1, 2, 3])],
    ['file.broken', Buffer.from('%PDF-1.7\nnonsense')],
    ['file.broken', Buffer.from([0x50, 0x4b, 3, 4, 1, 2, 3])],
  ])('says %s of a file it cannot read', async (code, bytes) => {
    await put('two', `bad-${code}`, bytes);
    await ragd.settled('two');
    const { files } = (await ragd.call('GET', '/agents/two/files')).body;
    expect(files.find(({ name }: { name: string }) => name === `bad-${code}`)).toMatchObject({ state: 'failed', error: { code } });
  });

  it('loses nothing by kill -9, and a deleted file is in no file on the disk', async () => {
    for (let index = 0; index < 20; index++) await put('one', `page-${index}`, page(`topic zyx${index}qq`));
    await ragd.kill('SIGKILL');
    await ragd.start();
    await ragd.settled('one');
    const { files } = (await ragd.call('GET', '/agents/one/files')).body;
    expect(files.filter(({ state }: { state: string }) => state === 'done')).toHaveLength(21);
    const gone = files.find(({ name }: { name: string }) => name === 'page-7');
    expect((await ragd.call('DELETE', `/agents/one/files/${gone.id}`)).body.removed).toEqual({ chunks: 1, vectors: 1, blobs: 1 });
    expect(readFileSync(join(ragd.folder, 'agents/one/index.sqlite')).includes('zyx7qq')).toBe(false);
  });

  it('builds the vectors of another model beside the old ones', async () => {
    await ragd.call('PUT', '/agents/one', { body: { embedding: { provider: 'ollama', baseUrl: model.url, model: 'other' } } });
    await ragd.settled('one');
    const { body } = await ragd.call('GET', '/agents/one');
    expect(body.vectors).toBe(body.chunks);
  });
});
