import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'shared/src', 'backend/src', 'webapp/src', 'cli/src'],
  {
    cwd: ROOT,
    encoding: 'utf8',
  },
)
  .trim()
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file) && !/\.(test|d)\.tsx?$/.test(file))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

interface File {
  path: string;
  text: string;
}

/** What a backend room may import: itself and the rooms named here. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  main: ['app', 'world', 'config'],
  start: ['main'],
  app: ['world', 'http', 'routes', 'adapters'],
  world: ['config', 'version', 'http', 'features', 'tasks', 'lib', 'adapters'],
  'openapi-file': ['http', 'version', 'config', 'config-words'],
  'config-words': ['config'],
  config: ['config-backup', 'config-bot', 'config-network'],
  'config-backup': [],
  'config-bot': [],
  'config-network': [],
  commands: ['world', 'config', 'features', 'tasks', 'lib', 'adapters'],
  version: [],
  http: ['lib'],
  routes: ['http', 'features', 'tasks', 'lib'],
  features: ['tasks', 'lib'],
  tasks: ['lib'],
  lib: [],
  adapters: ['lib', 'version'],
};
const ONLY_ADAPTERS = ['ssh2', 'better-sqlite3', 'pg', 'ws', '@telegram-apps/init-data-node', 'grammy', 'grammy/web'];
const MOST_LINES = 250;

const importsOf = ({ text }: File): string[] =>
  [...text.matchAll(/\b(?:from|import)(?:\s+|\s*\(\s*)'([^']+)'/g)].map(([, name]) => name ?? '');
const roomOf = (path: string): string =>
  path
    .replace(/^backend\/src\//, '')
    .split('/')[0]
    ?.replace(/\.ts$/, '') ?? '';

function complaintsAbout(file: File): string[] {
  const complaints: string[] = [];
  const blame = (what: string): void => void complaints.push(`${file.path} ${what}`);
  for (const name of importsOf(file)) {
    const target = name.startsWith('.') ? normalize(join(dirname(file.path), name)) : undefined;
    if (target && !/\.(ts|tsx|css|json)$/.test(target)) blame(`imports ${name} without its ending`);
    // The feed of events is parsed alike in the browser and in the command line.
    const sharedMay = name === 'zod/mini' || (name === 'eventsource-parser' && file.path === 'shared/src/feed.ts');
    if (file.path.startsWith('shared/') && !(target?.startsWith('shared/src/') || sharedMay)) blame(`imports ${name}`);
    if (
      file.path.startsWith('cli/') &&
      !(target ? /^cli\/(src\/|package\.json$)/.test(target) : /^(@clawmoor\/shared\/|node:|zod\/mini$|uqr$)/.test(name))
    )
      blame(`imports ${name}`);
    if (file.path.startsWith('webapp/') && (target ? !target.startsWith('webapp/src/') : /^(@clawmoor\/backend|node:|zod$)/.test(name)))
      blame(`imports ${name}`);
    if (!file.path.startsWith('backend/')) continue;
    const room = roomOf(file.path);
    if (target && !target.startsWith('backend/src/')) blame(`imports ${name}`);
    if (target && roomOf(target) !== room && !MAY_IMPORT[room]?.includes(roomOf(target))) blame(`(${room}) imports ${roomOf(target)}`);
    if (target && room === 'features' && roomOf(target) === 'features' && target.split('/')[3] !== file.path.split('/')[3])
      blame(`imports another feature: ${name}`);
    if (ONLY_ADAPTERS.includes(name) && room !== 'adapters') blame(`imports ${name}`);
    if (name === 'ssh2' && !file.path.startsWith('backend/src/adapters/ssh/')) blame('imports ssh2');
    if (name === '@clawmoor/webapp') blame(`imports ${name}`);
  }
  const mayHoldSql = /\.store\.ts$|adapters\/(sqlite|postgres)\//.test(file.path);
  if (!mayHoldSql && /\.(selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql`/.test(file.text)) blame('holds SQL');
  if (/new (ssh2\.)?Client\(/.test(file.text) && file.path !== 'backend/src/adapters/ssh/client.ts') blame('makes an SSH client (S21)');
  if (/(^|\/)index\.tsx?$/.test(file.path)) blame('is an index file');
  if (/\bexport default\b/.test(file.text)) blame('has a default export');
  const lines = file.text.split('\n').length;
  if (lines > MOST_LINES) blame(`has ${lines} lines`);
  return complaints;
}

describe('The import rules of the house', () => {
  it('hold in every source file', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(complaintsAbout)).toEqual([]);
  });

  it.each([
    ['backend/src/features/servers/x.ts', "import { y } from '../audit/audit.ts';", 'another feature'],
    ['backend/src/lib/x.ts', "import { y } from '../tasks/plan.ts';", 'imports tasks'],
    ['backend/src/http/x.ts', "import { y } from '../features/auth/auth.ts';", 'imports features'],
    ['backend/src/routes/x.ts', "import Database from 'better-sqlite3';", 'imports better-sqlite3'],
    ['backend/src/features/servers/x.ts', "db.selectFrom('server')", 'holds SQL'],
    ['backend/src/adapters/telegram/x.ts', 'new Client()', 'S21'],
    ['shared/src/x.ts', "import * as z from 'zod';", 'imports zod'],
    ['webapp/src/x.tsx', "import { y } from '../../backend/src/app.ts';", 'imports ../../backend'],
    ['cli/src/x.ts', "import { y } from '../../backend/src/app.ts';", 'imports ../../backend'],
    ['cli/src/x.ts', "import { y } from '@clawmoor/backend/src/app.ts';", 'imports @clawmoor/backend'],
    ['backend/src/lib/index.ts', '', 'index file'],
    ['backend/src/lib/x.ts', '\n'.repeat(300), '301 lines'],
  ])('would catch a breach in %s: %s', (path, text, expected) => {
    expect(complaintsAbout({ path, text }).join()).toContain(expected);
  });
});
