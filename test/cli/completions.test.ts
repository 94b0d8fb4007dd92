import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BUNDLE, createCli, type TestCli } from '../support/cli.ts';
import { describeIf } from '../support/needs.ts';
import { startWorld, type TestWorld } from '../support/world.ts';

// Dozens of processes: on a busy machine each takes a second.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const run = promisify(execFile);
const SHELLS = { bash: '/bin/bash', zsh: '/usr/bin/zsh', fish: '/usr/bin/fish' };

/** What each shell would offer after a line that is typed so far, by its own machinery. */
const ASK: Record<keyof typeof SHELLS, (words: string[]) => string> = {
  bash: (words) =>
    `source <(clawmoor completions bash); COMP_WORDS=(${words.map(quoted).join(' ')}); COMP_CWORD=${words.length - 1}; compopt() { :; }; _clawmoor; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (words) =>
    `compdef() { :; }; _files() { print :files; }; compadd() { print -rl -- "\${(@P)@[-1]}"; }; source <(clawmoor completions zsh); words=(${words.map(quoted).join(' ')}); CURRENT=${words.length}; _clawmoor; true`,
  fish: (words) => `clawmoor completions fish | source; complete -C ${quoted(words.join(' '))} | string split -f1 \\t; true`,
};
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

for (const [shell, path] of Object.entries(SHELLS) as [keyof typeof SHELLS, string][])
  describeIf(existsSync(path), `there is no ${shell}`)(`Completion in ${shell}`, () => {
    let test: TestWorld;
    let cli: TestCli;
    let bin: string;
    beforeAll(async () => {
      test = await startWorld();
      const ann = await test.person(1, 'Ann');
      for (const name of ['harbour', 'Old pier'])
        await ann.post('/servers', { name, host: 'example.com', username: 'root', authMethod: 'generated' });
      cli = (await createCli(test.url)).as((await ann.post('/me/tokens', { name: 'cli', scope: 'read' })).body);
      bin = await mkdtemp(join(tmpdir(), 'clawmoor-bin-'));
      await symlink(BUNDLE, join(bin, 'clawmoor'));
      await symlink(process.execPath, join(bin, 'node'));
    });
    afterAll(async () => {
      await rm(bin, { recursive: true, force: true });
      await cli[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    });
    const offered = async (words: string[], env: Record<string, string> = {}): Promise<string[]> => {
      const quiet = shell === 'fish' ? ['--no-config'] : shell === 'zsh' ? ['-f'] : ['--norc'];
      const { stdout } = await run(path, [...quiet, '-c', ASK[shell](words)], {
        env: { ...cli.env, ...env, PATH: `${bin}:${cli.env['PATH']}` },
        cwd: cli.home,
      });
      return stdout.trimEnd().split('\n').filter(Boolean).toSorted();
    };

    it('offers commands, then their second words, options and what these take', async () => {
      expect(await offered(['clawmoor', 'se'])).toEqual(['servers', 'setup']);
      expect(await offered(['clawmoor', 'backup', ''])).toEqual(['download', 'list', 'run']);
      expect(await offered(['clawmoor', 'setup', 'harbour', '--pro'])).toEqual(['--profile', '--provider']);
      expect(await offered(['clawmoor', 'setup', 'harbour', '--provider', 'open'])).toEqual(['openai', 'openai-compatible']);
      expect(await offered(['clawmoor', 'completions', ''])).toEqual(['bash', 'fish', 'zsh']);
    });

    it('offers the names of the servers that the person may see, and nothing when nobody is signed in', async () => {
      expect(await offered(['clawmoor', 'test', 'ha'])).toEqual(['harbour']);
      const all = await offered(['clawmoor', 'test', '']);
      expect(all.map((name) => name.replaceAll('\\', ''))).toEqual(['Old pier', 'harbour']);
      expect(await offered(['clawmoor', 'test', ''], { CLAWMOOR_TOKEN: 'cmr_x' })).toEqual([]);
    });
  });
