import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embedding-server.ts';
import { startRagd, until, type TestRagd } from '../support/ragd.ts';

// Processes are started in nearly every test here; a loaded machine takes its time for that.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const page = (topic: string): Buffer => Buffer.from(`# ${topic}\n\nEverything about ${topic} is written here, in one paragraph.\n`);

describe('The work of the retrieval service', () => {
  let [ragd, model, slow] = [] as unknown as [TestRagd, EmbeddingServer, EmbeddingServer];
  const put = async (agent: string, { name, bytes, job }: { name: string; bytes: Buffer; job?: string }) =>
    (
      await ragd.call('PUT', `/agents/${agent}/files?name=${encodeURIComponent(name)}${job === undefined ? '' : `&job=${job}`}`, {
        body: bytes,
      })
    ).body;
  const configure = async (agent: string, settings: object = {}, server = model) =>
    (
      await ragd.call('PUT', `/agents/${agent}`, {
        body: { embedding: { provider: 'ollama', baseUrl: server.url, model: 'test' }, ...settings },
      })
    ).body;
  const ask = async (agent: string, query: string) => (await ragd.call('POST', `/agents/${agent}/query`, { body: { query } })).body;
  const view = async (agent: string) => (await ragd.call('GET', `/agents/${agent}`)).body;

  beforeAll(async () => {
    [ragd, model, slow] = await Promise.all([
      startRagd({ env: { RAGD_GIVE_UP_MS: '1500' } }),
      startEmbeddingServer(),
      startEmbeddingServer(),
    ]);
  });
  afterAll(() => Promise.all([ragd, model, slow].map((one) => one[Symbol.asyncDispose]())));

  it('does not let a slow embedding server of one agent hold up another', async () => {
    await configure('slow', {}, slow);
    slow.fault({ delayMs: 60_000 });
    await put('slow', { name: 'a.md', bytes: page('lighthouses') });
    await until(async () => (await view('slow')).states.embedding === 1);
    await configure('quick');
    await put('quick', { name: 'b.md', bytes: page('harbours') });
    await ragd.settled('quick');
    expect((await view('quick')).states.done).toBe(1);
    expect((await view('slow')).states.embedding).toBe(1);
    expect((await ask('slow', 'lighthouses')).results).toHaveLength(1);
  });

  it('follows a job by its files and passages, and joins files under one name', async () => {
    await configure('jobs');
    for (const topic of ['ropes', 'anchors', 'sails'])
      expect((await put('jobs', { name: topic, bytes: page(topic), job: 'batch-1' })).jobId).toBe('batch-1');
    await ragd.settled('jobs');
    const { job } = (await ragd.call('GET', '/agents/jobs/jobs/batch-1')).body;
    expect(job).toMatchObject({
      kind: 'ingest',
      state: 'done',
      files: { total: 3, done: 3 },
      chunks: { total: 3, embedded: 3 },
      etaSeconds: null,
      waiting: null,
    });
    expect((await ragd.call('GET', '/agents/jobs/jobs/none')).body.code).toBe('job.not_found');
    expect((await put('jobs', { name: 'x', bytes: page('x'), job: '../x' })).code).toBe('request.invalid');
  });

  it('cuts every document anew when the size of passages changes, and nothing when it does not', async () => {
    const long = Buffer.from(
      Array.from({ length: 40 }, (_, n) => `Paragraph ${n} about the weather at sea, long enough to count.`).join('\n\n'),
    );
    await put('jobs', { name: 'weather', bytes: long });
    await ragd.settled('jobs');
    const [before, embedded] = [(await view('jobs')).chunks, model.embedded()];
    expect((await configure('jobs')).jobId).toBeUndefined();
    expect((await ragd.call('POST', '/agents/jobs/reindex')).body.job).toMatchObject({ state: 'done', files: { total: 0 } });
    expect(model.embedded()).toBe(embedded);
    expect((await configure('jobs', { chunk: { size: 300, overlap: 0 } })).jobId).toEqual(expect.any(String));
    await ragd.settled('jobs');
    const after = await view('jobs');
    expect(after.chunks).toBeGreaterThan(before);
    expect(after).toMatchObject({ vectors: after.chunks, pendingVectors: 0, states: { done: 4 } });
  });

  it('embeds every passage again in a full reindex, beside the vectors that answer', async () => {
    const [{ chunks }, embedded] = [await view('jobs'), model.embedded()];
    await ragd.call('POST', '/agents/jobs/reindex', { body: { full: true } });
    await ragd.settled('jobs');
    expect(model.embedded() - embedded).toBe(chunks);
    expect(await view('jobs')).toMatchObject({ vectors: chunks, building: null });
  });

  it('answers with the old model until the new one is whole, and goes back to it for nothing', async () => {
    const [{ chunks }, embedded] = [await view('jobs'), model.embedded()];
    slow.fault({ delayMs: 60_000 });
    const embedding = { provider: 'ollama', baseUrl: slow.url, model: 'other' };
    expect((await ragd.call('PUT', '/agents/jobs', { body: { embedding, chunk: { size: 300, overlap: 0 } } })).body.jobId).toEqual(
      expect.any(String),
    );
    expect(await ask('jobs', 'anchors')).toMatchObject({ mode: 'hybrid', pendingVectors: 0 });
    expect((await view('jobs')).index).toMatchObject({ model: 'test' });
    await configure('jobs', { chunk: { size: 300, overlap: 0 } });
    await ragd.settled('jobs');
    expect(model.embedded()).toBe(embedded + 1); // the question
    expect(await view('jobs')).toMatchObject({ vectors: chunks, building: null });
    await ragd.call('PUT', '/agents/jobs', { body: { embedding: { ...embedding, baseUrl: model.url }, chunk: { size: 300, overlap: 0 } } });
    await ragd.settled('jobs');
    expect(await view('jobs')).toMatchObject({ vectors: chunks, building: null, index: { model: 'other' } });
  });

  it('cancels what is not done yet, and leaves what was whole', async () => {
    const before = await view('jobs');
    model.fault({ delayMs: 60_000 });
    const { job } = (await ragd.call('POST', '/agents/jobs/reindex', { body: { full: true } })).body;
    const cancelled = (await ragd.call('DELETE', `/agents/jobs/jobs/${job.id}`)).body.job;
    model.fault(undefined);
    expect(cancelled).toMatchObject({ state: 'cancelled', files: { failed: 0, done: before.files } });
    const upload = await put('jobs', { name: 'late', bytes: page('late ferries'), job: 'late' });
    const open = (await ragd.call('DELETE', '/agents/jobs/jobs/late')).body.job;
    expect(['cancelled', 'done']).toContain(open.state);
    await ragd.call('DELETE', `/agents/jobs/files/${upload.file.id}`);
  });

  it('waits for a server that is away, says so, gives up in the end, and takes it up again', async () => {
    await configure('away');
    model.fault({ status: 503 });
    await put('away', { name: 'fog', bytes: page('fog') });
    await until(async () => (await view('away')).waiting?.code === 'embedding.unavailable');
    expect(await ask('away', 'fog')).toMatchObject({ mode: 'keyword', results: [{}] });
    await ragd.settled('away');
    const { files } = (await ragd.call('GET', '/agents/away/files')).body;
    expect(files).toMatchObject([{ state: 'failed', error: { code: 'embedding.unavailable', fix: expect.any(String) } }]);
    model.fault(undefined);
    await ragd.call('POST', '/agents/away/reindex');
    await ragd.settled('away');
    expect(await view('away')).toMatchObject({ states: { done: 1 }, pendingVectors: 0, waiting: null });
  });

  it.each([
    ['embedding.bad_answer', 'not-a-number'],
    ['embedding.bad_answer', { answer: { embeddings: [] } }],
    ['embedding.bad_answer', { answer: '<html>' }],
    ['embedding.bad_answer', { dimensions: 3 }],
    ['embedding.refused', { status: 401, error: 'no key' }],
  ] as const)('fails with %s when the server answers %j, and the words still answer', async (code, fault) => {
    model.fault(fault);
    await put('away', { name: 'ice', bytes: page(`ice ${JSON.stringify(fault)}`) });
    await ragd.settled('away');
    model.fault(undefined);
    const { files } = (await ragd.call('GET', '/agents/away/files')).body;
    expect(files.find(({ name }: { name: string }) => name === 'ice')).toMatchObject({ state: 'failed', error: { code } });
    expect((await ask('away', 'ice')).results[0].file.name).toBe('ice');
  });

  it('never mixes vectors of two sizes', async () => {
    model.fault({ dimensions: 64 });
    await put('away', { name: 'ice', bytes: page('ice of another size') });
    await ragd.settled('away');
    expect((await ragd.call('GET', '/agents/away/files')).body.files[1].error.message).toContain('64 dimensions instead of 256');
    expect(await ask('away', 'fog')).toMatchObject({
      mode: 'keyword',
      degradedBecause: { code: 'embedding.wrong_dimensions', message: expect.stringContaining('64') },
    });
    model.fault(undefined);
  });

  it('embeds the beginning of a passage that is too long for the model, and spoils no other', async () => {
    model.contextChars(500);
    await configure('long');
    await put('long', { name: 'long', bytes: Buffer.from('One very long sentence about tides '.repeat(40)) });
    await put('long', { name: 'short', bytes: page('short') });
    await ragd.settled('long');
    model.contextChars(Infinity);
    expect(await view('long')).toMatchObject({ states: { done: 2 }, pendingVectors: 0 });
  });

  it('says that a model is not there, and takes none that runs elsewhere', async () => {
    const probe = async (embedding: object) => (await ragd.call('POST', '/probe', { body: { embedding } })).body;
    expect(await probe({ provider: 'ollama', baseUrl: model.url, model: 'absent' })).toMatchObject({
      code: 'embedding.model_missing',
      fix: expect.any(String),
    });
    expect(await probe({ provider: 'ollama', baseUrl: model.url, model: 'test' })).toMatchObject({
      dimensions: 256,
      digest: expect.any(String),
    });
    expect(await probe({ provider: 'ollama', model: 'big:cloud' })).toMatchObject({ code: 'request.invalid' });
    expect(await probe({ provider: 'ollama', baseUrl: 'http://127.0.0.1:9', model: 'test' })).toMatchObject({
      code: 'embedding.unavailable',
    });
  });

  it('keeps the key of a provider to itself, and only while its address stays', async () => {
    const embedding = { provider: 'openai-compatible', baseUrl: `${model.url}/v1`, model: 'test' };
    await ragd.call('PUT', '/agents/keyed', { body: { embedding: { ...embedding, apiKey: 'sk-very-secret' } } });
    const again = (await ragd.call('PUT', '/agents/keyed', { body: { embedding, weight: 0.2 } })).body;
    expect(again.settings.embedding).toEqual({ ...embedding, hasApiKey: true });
    expect(JSON.stringify(again)).not.toContain('sk-very');
    await put('keyed', { name: 'a', bytes: page('keys') });
    await ragd.settled('keyed');
    expect(await ask('keyed', 'keys')).toMatchObject({ mode: 'hybrid' });
    const moved = (await ragd.call('PUT', '/agents/keyed', { body: { embedding: { ...embedding, baseUrl: `${slow.url}/v1` } } })).body;
    expect(moved.settings.embedding.hasApiKey).toBe(false);
  });

  it('finds by meaning what shares no word', async () => {
    await using meaning = await startEmbeddingServer({ vectors: 'meaning' });
    await configure('cats', { weight: 0.5 }, meaning);
    await put('cats', { name: 'cat', bytes: Buffer.from('A cat sleeps on the sofa.\n') });
    await put('cats', { name: 'tax', bytes: Buffer.from('The quarterly tax return is due in May.\n') });
    await ragd.settled('cats');
    const { results, mode } = await ask('cats', 'pet resting on furniture');
    expect([mode, results[0].file.name]).toEqual(['hybrid', 'cat']);
  });
});
