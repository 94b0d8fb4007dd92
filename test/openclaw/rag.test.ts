import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { pdf } from '../support/documents.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embedding-server.ts';
import { describeIf } from '../support/needs.ts';
import { whyNoOpenclaw } from '../support/openclaw.ts';
import { startOpenclawWorld, type OpenclawWorld } from '../support/openclaw-world.ts';
import { buildRagdFor, ended, endSupervisedRagd, filesBelow, putBrokenRagd, putNode, sendFiles } from '../support/rag-world.ts';
import { SSHD } from '../support/sshd.ts';

// On a busy machine a real gateway takes its time.
vi.setConfig({ testTimeout: 300_000 });

const why = SSHD === undefined ? 'it needs sshd' : whyNoOpenclaw();

describeIf(why === undefined, `the real OpenClaw: ${why}`)('Document search behind a real gateway', () => {
  let all: OpenclawWorld;
  let embedding: EmbeddingServer;
  let bundle: Awaited<ReturnType<typeof buildRagdFor>>;
  const at = (rest: string): string => `/servers/${all.serverId}/rag${rest}`;
  const model = () => ({ provider: 'ollama', model: 'test', baseUrl: embedding.url });
  const folder = (): string => join(all.sshd.home, '.clawmoor');

  beforeAll(async () => {
    [bundle, embedding] = await Promise.all([buildRagdFor(), startEmbeddingServer({ vectors: 'meaning' })]);
    all = await startOpenclawWorld({ overrides: { ragdBundles: bundle.folder } });
    putNode(all.sshd.home);
    // As the local trial: everything below the home folder, under our own supervisor.
    await all.test.world.db.updateTable('server').set({ kind: 'trial' }).where('id', '=', all.serverId).execute();
    await all.owner.post(`${all.base}/agents`, { id: 'purser' });
  }, 400_000);
  afterAll(async () => {
    await endSupervisedRagd(all.sshd.home);
    await all[Symbol.asyncDispose]();
    await embedding[Symbol.asyncDispose]();
    bundle[Symbol.dispose]();
  });

  const connection = async (agentId: string) =>
    (await all.viewer.get(at('/connections'))).body.connections.find((one: { agentId: string }) => one.agentId === agentId);
  const query = (agentId: string, words: string, more = {}) => all.viewer.post(at(`/agents/${agentId}/query`), { query: words, ...more });
  /** What the agent's own tool answers, through the gateway. */
  const tool = async (agentId: string, words: string): Promise<string> => {
    const params = { name: 'knowledge_search', args: { query: words }, agentId, sessionKey: `agent:${agentId}:main` };
    const call = { method: 'tools.invoke', params, as: 'admin' } as const;
    return JSON.stringify(await all.test.world.gateways.request(all.serverId, call).catch((error: Error) => error.message));
  };

  it('says that nothing is installed, and what an install would bring', async () => {
    expect((await all.viewer.get(at('/health'))).body).toMatchObject({ installed: false, running: false, offered: bundle.version });
    expect((await all.viewer.get(at('/connections'))).body.code).toBe('rag.not_installed');
    expect((await all.viewer.post(at('/install'))).status).toBe(403);
  });

  it('installs, reads a document and finds it; a second time it skips what is true', async () => {
    await ended(all.owner, await all.owner.post(at('/install')));
    expect((await all.viewer.get(at('/health'))).body).toMatchObject({
      installed: true,
      running: true,
      version: bundle.version,
      kind: 'supervised',
      agents: 0,
    });
    const again = await ended(all.owner, await all.owner.post(at('/install')));
    expect(Object.fromEntries(again.steps.map(({ key, state }) => [key, state]))).toMatchObject({
      copy: 'skipped',
      start: 'skipped',
      token: 'skipped',
    });
  });

  it('makes a collection only for an agent that is there, with a model that works', async () => {
    expect((await all.owner.post(at('/agents/nobody/configure'), { embedding: model() })).body.code).toBe('agent.not_found');
    const wrong = await all.owner.post(at('/agents/main/configure'), { embedding: { ...model(), model: 'unheard-of' } });
    expect(wrong.body.code, wrong.text).toBe('rag.model_missing');
    expect((await all.owner.get(at('/agents/main/files'))).body.code).toBe('rag.no_collection');
    for (const agentId of ['main', 'purser']) {
      const made = await all.owner.post(at(`/agents/${agentId}/configure`), { embedding: model() });
      expect(made.status, made.text).toBe(200);
      expect(made.body).toMatchObject({
        taskId: null,
        connection: { agentId, agent: 'present', skill: { enabled: false }, embedding: { model: 'test' } },
      });
    }
  });

  it('takes several documents at once; one that is refused keeps the others in', async () => {
    const sent = await sendFiles(all.test, all.owner, at('/agents/main/files'), [
      ['Häfen & Tide.md', '# Tides\n\nThe spring tide at the mole is at noon on Friday.\n'],
      ['../../etc/passwd', 'harbour dues are twelve crowns a metre'],
      ['chart.pdf', pdf(['The lamp of the outer mole is lit at half past seven.'])],
      ['too-large.txt', Buffer.alloc(26 * 1024 * 1024, 'x')],
    ]);
    expect(sent.status, sent.text).toBe(202);
    expect(sent.body.files.map(({ name, state }: { name: string; state: string }) => [name, state === 'failed'])).toEqual([
      ['Häfen & Tide.md', false],
      ['passwd', false],
      ['chart.pdf', false],
      ['too-large.txt', true],
    ]);
    expect(sent.body.files[3].error.code).toMatch(/too_large/);
    await ended(all.owner, sent);
    const { files } = (await all.viewer.get(at('/agents/main/files'))).body;
    expect(files.map(({ name, state, type }: Record<string, string>) => [name, state, type])).toEqual([
      ['Häfen & Tide.md', 'done', 'markdown'],
      ['chart.pdf', 'done', 'pdf'],
      ['passwd', 'done', 'text'],
    ]);
    const one = await all.viewer.get(at(`/agents/main/files/${files[1].id}`));
    expect(one.body).toMatchObject({ nextAfter: null, passages: [{ position: { unit: 'page', from: 1 } }] });
  });

  it('answers by meaning, with file, place and score, and by words when the model is away', async () => {
    const { body } = await query('main', 'when is the lamp of the outer mole lit?');
    expect(body, JSON.stringify(body)).toMatchObject({ mode: 'hybrid', results: expect.any(Array) });
    expect(body.results[0]).toMatchObject({ file: { name: 'chart.pdf' }, position: { unit: 'page', from: 1 } });
    embedding.fault({ status: 503 });
    const words = (await query('main', 'spring tide')).body;
    expect(words).toMatchObject({
      mode: 'keyword',
      degradedBecause: { code: 'embedding.unavailable' },
      results: [{ file: { name: 'Häfen & Tide.md' } }],
    });
    embedding.fault(undefined);
    expect((await query('nobody', 'x')).body.code).toBe('rag.no_collection');
    expect((await query('../main', 'x')).status).toBe(404);
  });

  it('refuses what is no upload with a reason, and takes nothing of it', async () => {
    const path = at('/agents/main/files');
    expect((await all.owner.post(path, {})).body.code).toBe('request.unsupported_type');
    expect((await sendFiles(all.test, all.owner, path, [])).body.code).toBe('rag.no_files');
    const many = Array.from({ length: 21 }, (_, index) => [`${index}.txt`, `document ${index}`] as const);
    expect((await sendFiles(all.test, all.owner, at('/agents/nobody/files'), many)).body.code).toBe('rag.no_collection');
    expect((await sendFiles(all.test, all.viewer, path, [['x.txt', 'x']])).status).toBe(403);
    const scan = await sendFiles(all.test, all.owner, path, [['locked.pdf', pdf(['secret'], { encrypted: true })]]);
    const task = await ended(all.owner, scan, 'failed');
    expect(task.error?.code).toBe('rag.nothing_understood');
    const { files } = (await all.owner.get(path)).body;
    const locked = files.find(({ name }: { name: string }) => name === 'locked.pdf');
    expect(locked).toMatchObject({ state: 'failed', error: { code: 'file.encrypted', fix: expect.any(String) } });
    expect((await all.owner.remove(`${path}/${locked.id}`)).status).toBe(204);
    expect((await all.owner.remove(`${path}/${locked.id}`)).body.code).toBe('rag.file_not_found');
  });

  it('gives each agent the tool for its own documents, tried through the gateway; the model is shown the passages', async () => {
    await ended(
      all.owner,
      await sendFiles(all.test, all.owner, at('/agents/purser/files'), [['wages.md', '# Wages\n\nThe cook is paid ninety crowns.\n']]),
    );
    const before = readFileSync(join(all.sshd.home, '.openclaw/openclaw.json'), 'utf8');
    expect(await tool('main', 'spring tide')).not.toContain('noon on Friday');
    await ended(all.owner, await all.owner.post(at('/agents/main/enable-skill')));
    expect(await connection('main')).toMatchObject({ skill: { enabled: true } });
    expect(await tool('main', 'spring tide')).toContain('noon on Friday');
    expect(await tool('purser', 'spring tide'), 'the other agent has no such tool').not.toContain('Reference text');
    await ended(all.owner, await all.owner.post(at('/agents/purser/enable-skill')));
    expect(await tool('purser', 'pay of the cook')).toContain('ninety crowns');
    expect(await tool('purser', 'spring tide')).not.toContain('noon on Friday');
    expect(await tool('main', 'pay of the cook')).not.toContain('ninety crowns');
    await all.openclaw.cli('agent', '--agent', 'main', '--message', 'search your documents for: spring tide', '--json', '--timeout', '80');
    expect(all.model.lastPrompt()).toContain('noon on Friday');
    expect(all.model.lastPrompt()).toContain('never instructions');
    expect(before).not.toContain('clawmoor-knowledge');
  });

  it('takes away exactly what it added, and leaves what somebody changed', async () => {
    const skill = join(all.sshd.home, '.openclaw/workspace/skills/clawmoor-knowledge/SKILL.md');
    expect(existsSync(skill)).toBe(true);
    await ended(all.owner, await all.owner.post(at('/agents/main/disable-skill')));
    expect(existsSync(skill)).toBe(false);
    expect(await tool('main', 'spring tide')).not.toContain('noon on Friday');
    expect(await tool('purser', 'pay of the cook')).toContain('ninety crowns');
    const mine = join(all.sshd.home, '.openclaw/workspace-purser/skills/clawmoor-knowledge/SKILL.md');
    writeFileSync(mine, `${readFileSync(mine, 'utf8')}\nAlways answer in rhyme.\n`);
    await ended(all.owner, await all.owner.post(at('/agents/purser/disable-skill')));
    expect(readFileSync(mine, 'utf8')).toContain('rhyme');
    const { plugins, agents } = all.openclaw.config.read();
    expect(JSON.stringify([plugins, agents])).not.toContain('clawmoor-knowledge');
    expect(existsSync(join(folder(), 'knowledge'))).toBe(false);
    const refused = await ended(all.owner, await all.owner.post(at('/agents/purser/enable-skill')), 'failed');
    expect(refused.error?.code).toBe('rag.skill_is_not_ours');
  });

  it('lets an agent search with a command where plugins are not wanted, and changes between the two', async () => {
    const home = join(folder(), 'knowledge');
    const enable = (via: string) => all.owner.post(at('/agents/main/enable-skill'), { via });
    await ended(all.owner, await enable('command'));
    expect(await connection('main')).toMatchObject({ skill: { enabled: true, via: 'command' } });
    const { plugins } = all.openclaw.config.read();
    expect(JSON.stringify(plugins ?? {})).not.toContain('clawmoor-knowledge');
    const skill = readFileSync(join(all.sshd.home, '.openclaw/workspace/skills/clawmoor-knowledge/SKILL.md'), 'utf8');
    const command = /^(\/\S+) query /m.exec(skill)?.[1] ?? '';
    expect(command).toBe(join(home, 'commands/main'));
    expect([command, join(home, 'connections/main.json')].map((file) => statSync(file).mode & 0o777)).toEqual([0o700, 0o600]);
    await all.openclaw.cli(
      'agent',
      '--agent',
      'main',
      '--message',
      `run the command: ${command} query spring tide`,
      '--json',
      '--timeout',
      '80',
    );
    // Of this turn, not of one before it in the same session.
    const said = JSON.parse(all.model.lastPrompt()) as { role: string; content: unknown; tool_calls?: unknown }[];
    expect(JSON.stringify(said.findLast((one) => one.tool_calls !== undefined)?.tool_calls)).toContain(command);
    expect(JSON.stringify(said.findLast(({ role }) => role === 'tool')?.content)).toContain('noon on Friday');
    const { token } = JSON.parse(readFileSync(join(home, 'connections/main.json'), 'utf8'));
    expect(skill + readFileSync(command, 'utf8') + all.model.lastPrompt()).not.toContain(token);
    expect(await tool('main', 'spring tide'), 'it has no tool').not.toContain('noon on Friday');

    await ended(all.owner, await enable('plugin'));
    expect(await connection('main')).toMatchObject({ skill: { enabled: true, via: 'plugin' } });
    expect(existsSync(command)).toBe(false);
    expect(await tool('main', 'spring tide')).toContain('noon on Friday');
    await ended(all.owner, await enable('command'));
    expect(JSON.stringify(all.openclaw.config.read().plugins)).not.toContain('clawmoor-knowledge');
    expect(existsSync(join(home, 'plugin'))).toBe(false);
    await ended(all.owner, await all.owner.post(at('/agents/main/disable-skill')));
    expect(existsSync(home)).toBe(false);

    const gateway = (method: string, params: Record<string, unknown>) =>
      all.test.world.gateways.request(all.serverId, { method, params, as: 'control' });
    const { hash } = (await gateway('config.get', {})) as { hash: string };
    const rule = { agents: { entries: { main: { tools: { exec: { mode: 'deny' } } } } } };
    await gateway('config.patch', { raw: JSON.stringify(rule), baseHash: hash });
    const refused = await ended(all.owner, await enable('command'), 'failed');
    expect(refused.error).toMatchObject({
      code: 'rag.commands_refused',
      message: expect.stringContaining('agents.entries.main.tools.exec.mode'),
    });
    expect(existsSync(home)).toBe(false);
  });

  it('reads all anew as a task, and another model beside the old one', async () => {
    const done = await ended(all.owner, await all.owner.post(at('/agents/main/reindex'), { full: true }));
    expect(done.steps[0]).toMatchObject({ key: 'reindex', state: 'succeeded' });
    const changed = await all.owner.post(at('/agents/main/configure'), { embedding: { ...model(), model: 'other' } });
    expect(changed.status, changed.text).toBe(200);
    await ended(all.owner, await all.owner.post(at('/agents/main/reindex'), {}));
    expect(await connection('main')).toMatchObject({ index: { model: 'other' }, building: null, pendingVectors: 0 });
  });

  it('judges the weights on questions of the owner', async () => {
    const questions = [{ query: 'spring tide', files: ['Häfen & Tide.md'] }];
    const { status, body } = await all.owner.post(at('/agents/main/eval'), { questions });
    expect(status).toBe(200);
    expect(body.weights).toHaveLength(11);
  });

  it('goes back to what ran where a newer version does not start, with its collections as they were', async () => {
    const newer = putBrokenRagd(bundle.folder);
    const before = (await query('main', 'harbour dues')).body;
    expect((await all.viewer.get(at('/health'))).body).toMatchObject({ offered: newer, updateAvailable: true });
    const update = (version?: string) => all.owner.post(`/servers/${all.serverId}/setup/update-component`, { component: 'rag', version });
    expect((await update('9.0.1')).body).toMatchObject({ code: 'request.invalid', issues: [{ path: 'version' }] });
    const task = await ended(all.owner, await update(), 'failed');
    expect(task.error).toMatchObject({ code: 'rag.rolled_back', message: expect.stringContaining('no lamp') });
    rmSync(join(bundle.folder, `ragd-${newer}`), { recursive: true });
    expect((await all.viewer.get(at('/health'))).body).toMatchObject({ running: true, version: bundle.version });
    const after = (await query('main', 'harbour dues')).body;
    expect(after.results, JSON.stringify(after)).toEqual(before.results);
    expect(filesBelow(join(folder(), 'ragd/data/agents')).filter((path) => path.includes('before-'))).toEqual([]);
  });

  it('exports by a ticket, and brings it back to another agent with the same answers', async () => {
    const path = at('/agents/main/export');
    const ticket = await all.owner.post('/tickets', { path });
    const archive = Buffer.from(await (await fetch(new URL(ticket.body.url, all.test.url))).arrayBuffer());
    expect(archive.subarray(0, 2).toString('hex')).toBe('1f8b');
    await all.owner.post(`${all.base}/agents`, { id: 'mate' });
    const broken = await sendFiles(all.test, all.owner, at('/agents/mate/import'), [['a.tar.gz', archive.subarray(0, 500)]]);
    expect(broken.body.code, broken.text).toBe('rag.archive_broken');
    const back = await sendFiles(all.test, all.owner, at('/agents/mate/import'), [['a.tar.gz', archive]]);
    expect(back.body.imported, back.text).toMatchObject({ files: 3 });
    await ended(all.owner, back);
    const [one, other] = [(await query('main', 'harbour dues')).body, (await query('mate', 'harbour dues')).body];
    expect(other.results.map(({ text, score }: Record<string, unknown>) => [text, score])).toEqual(
      one.results.map(({ text, score }: Record<string, unknown>) => [text, score]),
    );
    const full = await sendFiles(all.test, all.owner, at('/agents/mate/import'), [['a.tar.gz', archive]]);
    expect(full.body.code).toBe('rag.archive_not_empty');
  });

  it('keeps the documents of an agent that is gone, as an orphan, until they are deleted; then nothing is left', async () => {
    expect((await all.owner.post(at('/agents/purser/disconnect'), {})).body).toMatchObject({ kept: { files: 1 } });
    expect(await connection('purser')).toMatchObject({ files: 1, agent: 'present' });
    const gone = await all.test.world.gateways.request(all.serverId, {
      method: 'agents.delete',
      params: { agentId: 'mate' },
      as: 'control',
    });
    expect(gone).toBeTruthy();
    // The gateway itself lists it for a moment longer.
    await expect.poll(() => connection('mate'), { timeout: 30_000 }).toMatchObject({ agent: 'orphan', name: null, files: 3 });
    expect((await all.viewer.remove(at('/agents/mate'))).status).toBe(403);
    expect((await all.owner.remove(at('/agents/mate?confirm=main'))).body.code).toBe('agent.confirm_mismatch');
    for (const agentId of ['mate', 'purser', 'main']) expect((await all.owner.remove(at(`/agents/${agentId}`))).status).toBe(204);
    expect((await all.viewer.get(at('/connections'))).body.connections).toEqual([]);
    expect(filesBelow(join(folder(), 'ragd/data/agents'))).toEqual([]);
    expect((await all.owner.remove(at('/agents/main'))).body.code).toBe('rag.no_collection');
  });

  it('puts no token on a command line, into a log, a task or the audit', async () => {
    const rows = await all.test.world.db.selectFrom('rag_service').select('token').execute();
    expect(rows[0]?.token).toMatch(/^v1\./);
    const audit = JSON.stringify(await all.test.world.db.selectFrom('audit').selectAll().execute());
    expect(audit).toContain('rag.file_upload');
    const seen = [all.test.logged(), audit, JSON.stringify(await all.test.world.db.selectFrom('task_event').selectAll().execute())].join(
      '\n',
    );
    expect(seen).not.toMatch(/Bearer /);
    expect(audit).not.toContain('spring tide');
  });
});
