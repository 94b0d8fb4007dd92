import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { docxOf } from '../support/documents.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embedding-server.ts';
import { RAGD_SCRIPT, startRagd, until, type TestRagd } from '../support/ragd.ts';

// Processes are started in nearly every test here; a loaded machine takes its time for that.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const page = (topic: string): Buffer => Buffer.from(`# ${topic}\n\nEverything about ${topic} is written here, in one paragraph.\n`);
const NAMES = [
  '../../etc/passwd',
  'a\nb\r\nc',
  '\u202egnp.exe',
  'nul\u0000byte',
  '..',
  '/',
  'C:\\x',
  'x'.repeat(255),
  '😀 мир.pdf',
  "'; DROP TABLE files; --",
];

describe('The retrieval service keeps safe', () => {
  let [ragd, model] = [] as unknown as [TestRagd, EmbeddingServer];
  const put = async (agent: string, name: string, bytes: Buffer) =>
    ragd.call('PUT', `/agents/${agent}/files?name=${encodeURIComponent(name)}`, { body: bytes });
  const files = async (agent: string) => (await ragd.call('GET', `/agents/${agent}/files`)).body.files;
  const blobs = (agent: string) => readdirSync(join(ragd.folder, 'agents', agent, 'blobs'));

  beforeAll(async () => {
    [ragd, model] = await Promise.all([startRagd(), startEmbeddingServer()]);
    for (const agent of ['safe', 'other'])
      await ragd.call('PUT', `/agents/${agent}`, { body: { embedding: { provider: 'ollama', baseUrl: model.url, model: 'test' } } });
  });
  afterAll(() => Promise.all([ragd, model].map((one) => one[Symbol.asyncDispose]())));

  it('takes names for what they are: names, never paths', async () => {
    for (const [index, name] of NAMES.entries()) expect((await put('safe', name, page(`name ${index}`))).status).toBe(200);
    await ragd.settled('safe');
    expect((await files('safe')).map(({ name }: { name: string }) => name).toSorted()).toEqual(NAMES.toSorted());
    expect(blobs('safe').filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
    expect((await put('safe', '', page('x'))).body.code).toBe('request.invalid');
    expect((await put('safe', 'x'.repeat(256), page('x'))).body.code).toBe('request.invalid');
  });

  it.each(['../safe', 'Safe', 'a/b', '.import-1', '%2e%2e', '', 'x'.repeat(65)])('takes no agent called %j', async (id) => {
    const { status } = await ragd.call('PUT', `/agents/${encodeURIComponent(id)}`, { body: {} });
    expect([400, 404]).toContain(status);
    expect((await ragd.call('POST', `/agents/${encodeURIComponent(id)}/import`, { body: Buffer.from('x') })).status).toBeGreaterThanOrEqual(
      400,
    );
  });

  it('refuses what is too large before it is sent, and leaves no draft of an upload that ends early', async () => {
    const before = blobs('safe').length;
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { host: 'localhost', authorization: `Bearer ${ragd.admin}`, 'content-length': String(2 * 1024 ** 3) };
      const sent = request(
        { socketPath: join(ragd.folder, 'ragd.sock'), method: 'PUT', path: '/agents/safe/files?name=huge', headers },
        (response) => {
          response.setEncoding('utf8').on('data', (text: string) => (resolve(text), sent.destroy()));
        },
      );
      sent.on('error', reject);
      sent.write(Buffer.alloc(1024));
    });
    expect(answer).toContain('request.too_large');
    await new Promise<void>((resolve) => {
      const headers = { host: 'localhost', authorization: `Bearer ${ragd.admin}`, 'content-length': '1000000' };
      const sent = request({ socketPath: join(ragd.folder, 'ragd.sock'), method: 'PUT', path: '/agents/safe/files?name=half', headers });
      sent.on('error', () => resolve());
      sent.write(Buffer.alloc(1024), () => sent.destroy());
    });
    await until(async () => blobs('safe').length === before);
    expect((await files('safe')).some(({ name }: { name: string }) => ['huge', 'half'].includes(name))).toBe(false);
  });

  it('stops a document that eats its memory, and answers meanwhile and afterwards', async () => {
    const paragraph = '<w:p><w:r><w:t xml:space="preserve">a b</w:t></w:r></w:p>';
    const filler = Array.from({ length: 60_000 }, (_, n) => paragraph.replace('a b', `${n} ${(n * 7_919) % 104_729}`)).join('');
    const bomb = docxOf(
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${filler.repeat(6)}</w:body></w:document>`,
    );
    await put('safe', 'bomb.docx', bomb);
    await until(async () => (await files('safe')).some(({ state }: { state: string }) => state === 'parsing' || state === 'failed'));
    expect((await ragd.call('POST', '/agents/safe/query', { body: { query: 'name' } })).status).toBe(200);
    await ragd.settled('safe');
    const bad = (await files('safe')).find(({ name }: { name: string }) => name === 'bomb.docx');
    expect(bad.error).toMatchObject({
      code: expect.stringMatching(/^file\.(too_complex|zip_bomb|too_much_text)$/),
      fix: expect.any(String),
    });
    await ragd.call('DELETE', `/agents/safe/files/${bad.id}`);
  });

  it('lets nobody in without the right token, and tells strangers nothing', async () => {
    const { token } = (await ragd.call('POST', '/agents/other/token')).body;
    const codes = async (who: string, calls: [string, string][]) =>
      Promise.all(
        calls.map(
          async ([method, path]) =>
            (await ragd.call(method, path, { token: who, ...(['POST', 'PUT'].includes(method) && { body: {} }) })).body.code,
        ),
      );
    const own: [string, string][] = [
      ['GET', '/agents/other'],
      ['PUT', '/agents/other'],
      ['DELETE', '/agents/other'],
      ['POST', '/agents/other/token'],
      ['DELETE', '/agents/other/token'],
      ['POST', '/agents/other/disconnect'],
      ['PUT', '/agents/other/files?name=x'],
      ['GET', '/agents/other/files'],
      ['GET', '/agents/other/files/x'],
      ['DELETE', '/agents/other/files/x'],
      ['POST', '/agents/other/reindex'],
      ['GET', '/agents/other/jobs'],
      ['GET', '/agents/other/jobs/x'],
      ['DELETE', '/agents/other/jobs/x'],
      ['POST', '/agents/other/eval'],
      ['GET', '/agents/other/export'],
      ['POST', '/agents/other/import'],
    ];
    expect(new Set(await codes(token, own))).toEqual(new Set(['token.admin_only']));
    const strange = own.map(([method, path]): [string, string] => [method, path.replace('other', 'safe')]);
    const foreign: [string, string][] = [
      ...strange,
      ['POST', '/agents/safe/query'],
      ['POST', '/agents/unknown/query'],
      ['GET', '/agents'],
      ['GET', '/status'],
      ['POST', '/probe'],
    ];
    expect(new Set(await codes(token, foreign))).toEqual(new Set(['token.wrong']));
    expect(new Set(await codes('', [...foreign, ...own]))).toEqual(new Set(['token.required']));
    expect(new Set(await codes('x', [['GET', '/nowhere']]))).toEqual(new Set(['token.wrong']));
    expect((await ragd.call('GET', '/nowhere')).body.code).toBe('route.not_found');
  });

  it('disconnects an agent and keeps its documents, until it is connected again', async () => {
    await put('other', 'kept.md', page('kept things'));
    await ragd.settled('other');
    const { token } = (await ragd.call('POST', '/agents/other/token')).body;
    expect((await ragd.call('POST', '/agents/other/disconnect')).body.kept).toMatchObject({ files: 1, chunks: 1, vectors: 1 });
    const ask = (who: string) => ragd.call('POST', '/agents/other/query', { body: { query: 'kept' }, token: who });
    expect((await ask(token)).body.code).toBe('token.wrong');
    expect((await ragd.call('GET', '/agents/other')).body.connected).toBe(false);
    const again = (await ragd.call('POST', '/agents/other/token')).body.token;
    expect((await ask(again)).body.results).toHaveLength(1);
  });

  it('leaves 0 rows, 0 vectors and 0 originals of a deleted file, and nothing of a deleted agent', async () => {
    await put('other', 'twin.md', page('kept things'));
    await ragd.settled('other');
    const [first, second] = await files('other');
    expect((await ragd.call('DELETE', `/agents/other/files/${first.id}`)).body.removed).toEqual({ chunks: 1, vectors: 1, blobs: 0 });
    expect((await ragd.call('DELETE', `/agents/other/files/${second.id}`)).body.removed).toEqual({ chunks: 1, vectors: 1, blobs: 1 });
    expect((await ragd.call('GET', '/agents/other')).body).toMatchObject({ files: 0, chunks: 0, vectors: 0 });
    expect(blobs('other')).toEqual([]);
    expect(readFileSync(join(ragd.folder, 'agents/other/index.sqlite')).includes('kept things')).toBe(false);
    await put('other', 'last.md', page('last things'));
    await ragd.settled('other');
    expect((await ragd.call('DELETE', '/agents/other')).body.removed).toMatchObject({ files: 1, chunks: 1, vectors: 1, blobs: 1 });
    expect(existsSync(join(ragd.folder, 'agents/other'))).toBe(false);
    expect((await ragd.call('GET', '/agents/other')).body.code).toBe('agent.not_found');
  });

  it('goes on after kill -9 in the middle, several times, and its databases are whole', async () => {
    await ragd.call('PUT', '/agents/killed', { body: { embedding: { provider: 'ollama', baseUrl: model.url, model: 'test' } } });
    model.fault({ delayMs: 20 });
    for (let n = 0; n < 8; n++) await put('killed', `page ${n}`, page(`subject ${n}`));
    for (let kills = 0; kills < 2; kills++) {
      const done = (await ragd.call('GET', '/agents/killed')).body.states.done;
      await until(async () => (await ragd.call('GET', '/agents/killed')).body.states.done > done);
      await ragd.kill('SIGKILL');
      await ragd.start();
    }
    model.fault(undefined);
    await ragd.settled('killed');
    expect((await ragd.call('GET', '/agents/killed')).body).toMatchObject({ files: 8, chunks: 8, vectors: 8, states: { done: 8 } });
    await ragd.kill('SIGTERM');
    const checked = spawnSync(process.execPath, [RAGD_SCRIPT, 'check', '--data', ragd.folder], { encoding: 'utf8' });
    expect({ status: checked.status, text: checked.stdout }).toMatchObject({ status: 0, text: expect.stringContaining('killed: whole') });
    await ragd.start();
  });

  it('waits while the disk is full, still answers, and goes on when there is space', async () => {
    // A limit on the size of files stands for the disk: it is hit by the same calls, and can be lifted while the service runs.
    await using small = await startRagd({ wrap: ['sh', '-c', 'ulimit -S -f 1500; exec "$0" "$@"'] });
    await small.call('PUT', '/agents/full', { body: {} });
    const text = (n: number) =>
      Array.from({ length: 400 }, (_, line) => `Line ${line} of document ${n} about ${(line * 7_919 + n) % 9_973}.`).join('\n\n');
    const answers: { status: number; body: { code?: string } }[] = [];
    for (let n = 0; n < 8; n++) answers.push(await small.call('PUT', `/agents/full/files?name=${n}`, { body: Buffer.from(text(n)) }));
    const taken = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status !== 200).map(({ body }) => body);
    expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: 'disk.full' })));
    await until(async () => (await small.call('GET', '/agents/full')).body.waiting?.code === 'disk.full');
    expect((await small.call('POST', '/agents/full/query', { body: { query: 'document' } })).status).toBe(200);
    const larger = Buffer.alloc(900_000, 'x');
    expect((await small.call('PUT', '/agents/full/files?name=larger', { body: larger })).body).toMatchObject({
      code: 'disk.full',
      fix: expect.any(String),
    });
    execFileSync('prlimit', ['--pid', String(small.pid()), '--fsize=unlimited:unlimited']);
    await small.settled('full');
    expect((await small.call('GET', '/agents/full')).body).toMatchObject({ files: taken, states: { done: taken }, waiting: null });
    await small.kill('SIGTERM');
    expect(execFileSync(process.execPath, [RAGD_SCRIPT, 'check', '--data', small.folder], { encoding: 'utf8' })).toBe('full: whole\n');
  });

  it('lets only one service have a folder', () => {
    const second = spawnSync(process.execPath, [RAGD_SCRIPT, 'serve', '--data', ragd.folder], { encoding: 'utf8' });
    expect({ status: second.status, said: second.stderr.trim() }).toEqual({ status: 1, said: `another ragd serves ${ragd.folder}` });
    expect(
      spawnSync(process.execPath, [RAGD_SCRIPT, 'serve', '--data', ragd.folder, '--listen', '0.0.0.0:1'], { encoding: 'utf8' }).status,
    ).toBe(1);
  });

  it('answers for the others when one database is broken, and lets it be deleted', async () => {
    await ragd.call('PUT', '/agents/broken', { body: {} });
    await ragd.kill('SIGTERM');
    writeFileSync(
      join(ragd.folder, 'agents/broken/index.sqlite'),
      'not a database at all, but long enough to be looked at as one'.repeat(50),
    );
    await ragd.start();
    expect((await ragd.call('GET', '/agents')).body.agents).toEqual(
      expect.arrayContaining([{ id: 'broken', broken: expect.any(String) }, expect.objectContaining({ id: 'killed', files: 8 })]),
    );
    expect((await ragd.call('GET', '/agents/broken')).body).toMatchObject({ code: 'agent.broken', fix: expect.any(String) });
    expect((await ragd.call('DELETE', '/agents/broken')).status).toBe(200);
  });
});
