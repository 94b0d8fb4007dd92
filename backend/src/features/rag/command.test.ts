import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandText, ruleAgainstCommands } from './command.ts';

const agent = (entry: object, rest: object = {}) => ({ agents: { entries: { main: entry } }, ...rest });

it.each([
  ['nothing is said', {}, undefined],
  ['all tools are chosen, as onboarding does', { tools: { profile: 'full' } }, undefined],
  ['the profile has no commands', { tools: { profile: 'messaging' } }, 'tools.profile'],
  ['they are added to such a profile', { tools: { profile: 'messaging', alsoAllow: ['exec'] } }, undefined],
  ['the agent has a wider profile than all', agent({ tools: { profile: 'coding' } }, { tools: { profile: 'minimal' } }), undefined],
  ['the agent has a narrower one', agent({ tools: { profile: 'minimal' } }), 'agents.entries.main.tools.profile'],
  ['they are denied to all', { tools: { deny: ['group:runtime'] } }, 'tools.deny'],
  ['they are denied to this agent', agent({ tools: { deny: ['exec'] } }), 'agents.entries.main.tools.deny'],
  ['they are denied to another', { agents: { entries: { mate: { tools: { deny: ['exec'] } } } } }, undefined],
  ['a list of what is allowed leaves them out', { tools: { allow: ['read', 'write'] } }, 'tools.allow'],
  ['such a list names them', agent({ tools: { allow: ['read', 'group:runtime'] } }), undefined],
  ['commands are switched off', { tools: { exec: { mode: 'deny' } } }, 'tools.exec.mode'],
  ['the agent may in spite of that', agent({ tools: { exec: { mode: 'ask' } } }, { tools: { exec: { mode: 'deny' } } }), undefined],
  ['agents live in a sandbox', { agents: { defaults: { sandbox: { mode: 'all' } } } }, 'sandbox.mode'],
  ['this one does not', { agents: { defaults: { sandbox: { mode: 'all' } }, entries: { main: { sandbox: { mode: 'off' } } } } }, undefined],
])('knows which rule keeps an agent from running commands: %s', (_what, config, rule) => {
  expect(ruleAgainstCommands(config, 'main')).toBe(rule);
});

it('makes a command that hands every word on as it is, whatever its own folders are called', () => {
  const folder = mkdtempSync(join(tmpdir(), "clawmoor it's $HOME "));
  const program = join(folder, 'show.mjs');
  writeFileSync(program, 'process.stdout.write(JSON.stringify(process.argv.slice(2)))');
  writeFileSync(join(folder, 'search'), commandText({ node: process.execPath, program, connection: join(folder, 'a b.json') }), {
    mode: 0o700,
  });
  const said = execFileSync(join(folder, 'search'), ['query', '$(id) "and" `more`', ''], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(JSON.parse(said)).toEqual(['--connection', join(folder, 'a b.json'), 'query', '$(id) "and" `more`', '']);
});
