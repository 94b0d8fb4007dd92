import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { commands } from '../../cli/src/commands.ts';
import { EXIT } from '../../cli/src/exit.ts';
import { startAppWorld, type AppWorld } from '../support/app-world.ts';
import { BUNDLE, createCli, startProcess, type CliAnswer, type TestCli } from '../support/cli.ts';
import { describeIf } from '../support/needs.ts';
import { SSHD } from '../support/sshd.ts';

// Dozens of processes: on a busy machine each takes a second.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guides/command-line.md'), 'utf8');
const lines = [...GUIDE.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block]) => (block ?? '').trim().split('\n'))
  .map((line) => line.replace(/ +# .*/, ''))
  .filter((line) => /(^|\| |\()clawmoor /.test(line));

/** What a line ends with here, where no OpenClaw is installed and a task of the server runs already; all else ends with 0. */
const ENDS: Record<string, number> = {
  'clawmoor servers trust ferry': EXIT.conflict, // nobody is at a terminal
  'clawmoor setup ferry --check': EXIT.conflict, // its fingerprint is not confirmed
  'clawmoor agents ferry': EXIT.conflict,
  'clawmoor setup ferry --follow': EXIT.failed,
  'clawmoor setup ferry --provider anthropic --api-key-stdin --follow < key.txt': EXIT.failed,
  'clawmoor openclaw status harbour': EXIT.server,
  'clawmoor openclaw restart harbour --follow': EXIT.conflict,
  'clawmoor agents create harbour pilot --name Pilot': EXIT.conflict,
  'clawmoor tasks --follow TASK': EXIT.failed,
  'clawmoor tasks --follow TASK --json': EXIT.failed,
  'clawmoor tasks retry TASK': EXIT.conflict,
  'clawmoor tasks cancel TASK': EXIT.conflict,
  'clawmoor completions fish | source': 0,
};

describeIf(SSHD !== undefined, 'it needs sshd')('The guide to the command line', () => {
  let all: AppWorld;
  let cli: TestCli;
  let bin: string;
  beforeAll(async () => {
    all = await startAppWorld({ people: false });
    all.test.world.bot.username = 'clawmoor_bot';
    cli = await createCli();
    bin = await mkdtemp(join(tmpdir(), 'clawmoor-bin-'));
    await symlink(BUNDLE, join(bin, 'clawmoor'));
    await symlink(process.execPath, join(bin, 'node'));
    await writeFile(join(cli.home, 'key.txt'), 'sk-ant-not-a-key\n');
  });
  afterAll(async () => {
    await rm(bin, { recursive: true, force: true });
    await cli?.[Symbol.asyncDispose]();
    await all?.[Symbol.asyncDispose]();
  });

  /** As it stands in the guide, but for the address, the server and the task. */
  async function type(line: string): Promise<CliAnswer> {
    const { username, port } = all.sshd.target;
    const real = line
      .replaceAll('https://clawmoor.example.com', all.test.url)
      .replaceAll('root@203.0.113.7', `${username}@127.0.0.1:${port}`)
      .replaceAll('TASK', all.tasks.failed);
    const typed = startProcess(['bash', '-c', real.replace(/\| source$/, '> /dev/null')], {
      cwd: cli.home,
      env: { ...cli.env, PATH: `${bin}:${cli.env['PATH']}` },
    });
    if (line.startsWith('clawmoor login')) {
      const [, code = ''] = await typed.until(/Compare the code there: (\S+)/);
      await all.owner.post(`/me/device/${code}/approve`, { scope: 'admin' });
    }
    return typed.ended;
  }

  it('names only commands that can be typed as they stand', async () => {
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      const { code, stderr } = await type(line);
      const superOnly = /^clawmoor (backup|audit --)/.test(line);
      expect([code, line], stderr).toEqual([superOnly ? EXIT.notAllowed : (ENDS[line] ?? EXIT.ok), line]);
    }
  });

  it('fetches the command line from the installation, as a file and as nothing that a page could run', async () => {
    const [, block = ''] = /^```sh\n(mkdir[\s\S]*?)^```/m.exec(GUIDE) ?? [];
    const env = { ...cli.env, PATH: `${cli.home}/.local/bin:${bin}:${cli.env['PATH']}` };
    const script = `set -e\n${block.replaceAll('https://clawmoor.example.com', all.test.url)}\ncd /\nclawmoor --version`;
    expect(await startProcess(['bash', '-c', script], { env }).ended).toMatchObject({ code: 0, stdout: 'clawmoor 0.1.0\n' });
    expect((await stat(join(cli.home, '.local/bin/clawmoor.mjs'))).size).toBe((await stat(BUNDLE)).size);
    const { headers } = await fetch(`${all.test.url}/clawmoor.mjs`, { method: 'HEAD' });
    expect([headers.get('content-type'), headers.get('x-content-type-options')]).toEqual(['application/octet-stream', 'nosniff']);
  });

  it('names only commands that there are, and every exit code', () => {
    const named = [...GUIDE.matchAll(/\bclawmoor ((?:[a-z]+ ?)+)/g)].map(([, words]) => (words ?? '').trim().split(' '));
    for (const [first = '', second] of named)
      expect(
        commands.some(({ name }) => name === first || name === `${first} ${second}`),
        `${first} ${second}`,
      ).toBe(true);
    const codes = [...GUIDE.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });
});
