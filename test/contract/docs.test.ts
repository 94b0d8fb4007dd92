import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const git = (...words: string[]): string[] => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const tracked = git('ls-files', '--cached', '--others', '--exclude-standard');
// CHANGELOG tells of what was; the generated pages are held by tests of their own.
const pages = tracked.filter(
  (path) => path.endsWith('.md') && !/^(docs\/reference\/|CHANGELOG)/.test(path) && existsSync(join(ROOT, path)),
);
const sources = tracked.filter((path) => /^(backend\/src|deploy|bench|cli|ragd)\/.*\.(ts|mjs)$/.test(path) && existsSync(join(ROOT, path)));
const scripts = Object.keys(JSON.parse(read('package.json')).scripts);

/** Commands in blocks marked `sh`, without their comments, and what stands in single back-ticks. */
const blocksOf = (text: string): string[] =>
  [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(([, block]) => (block ?? '').replaceAll(/ #.*$/gm, ''));
const codeOf = (text: string): string[] => [
  ...blocksOf(text).flatMap((block) => block.split('\n')),
  ...[...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? ''),
];
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s+/g, '-');

function complaintsAbout(page: string, text: string): string[] {
  const complaints: string[] = [];
  for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(https?:|mailto:)/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, file))) complaints.push(`${page}: ${target} leads nowhere`);
    else if (anchor !== undefined && ![...read(file).matchAll(/^#+ (.+)$/gm)].some(([, heading]) => anchorOf(heading ?? '') === anchor))
      complaints.push(`${page}: ${target} names no heading`);
  }
  for (const code of codeOf(text)) {
    for (const [, script = ''] of code.matchAll(
      /\bnpm (?:run )?(?!run\b|ci\b|ping\b|install\b|audit\b|pack\b|view\b|sbom\b)([a-z][\w:-]*)/g,
    ))
      if (!scripts.includes(script)) complaints.push(`${page}: there is no npm script ${script}`);
    for (const [program, place] of Object.entries({ 'install.sh': 'deploy/install.sh', clawmoorctl: 'deploy/clawmoorctl' }))
      if (code.includes(program))
        complaints.push(
          ...flagsOf(code)
            .filter((flag) => !flagsOf(whole(place)).includes(flag))
            .map((flag) => `${page}: ${program} has no ${flag}`),
        );
    const [, verb] = /^(?:sudo )?clawmoorctl ([a-z-]+)/.exec(code.trim()) ?? [];
    if (
      verb !== undefined &&
      !new RegExp(`^ *(#   clawmoorctl ${verb}\\b|${verb}\\(\\))`, 'm').test(read('deploy/clawmoorctl')) &&
      verb !== 'help'
    )
      complaints.push(`${page}: clawmoorctl has no ${verb}`);
    for (const name of code.match(/\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b/g) ?? [])
      if (!known.includes(name)) complaints.push(`${page}: nothing reads ${name}`);
  }
  return complaints;
}

const flagsOf = (text: string): string[] => text.match(/(?<![\w-])--[a-z][a-z0-9-]+/g) ?? [];
const whole = (place: string): string =>
  read(place) + (place.endsWith('clawmoorctl') ? `${read('deploy/doctor/doctor.ts')}--identity --with-old-data` : '');
const known = sources.map(read).join('\n') + read('deploy/Dockerfile') + read('deploy/lib.sh');

describe('What the documentation says', () => {
  it('is there: a guide for each thing that an operator does', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['set-up-a-bot', 'first-server', 'deploy', 'upgrade', 'troubleshoot'].map((name) => `docs/guides/${name}.md`)),
    );
  });

  it.each(pages)('%s names only scripts, flags, settings and files that exist', (page) => {
    expect(complaintsAbout(page, read(page))).toEqual([]);
  });

  it.each(pages.filter((page) => blocksOf(read(page)).length > 0))('%s has commands that a shell can read', (page) => {
    for (const block of blocksOf(read(page))) execFileSync('bash', ['-n'], { input: block.replaceAll('…', '') });
  });

  it.each([
    ['[x](nowhere.md)', 'leads nowhere'],
    ['[x](SECURITY.md#no-such-thing)', 'names no heading'],
    ['`npm run nonsense`', 'no npm script nonsense'],
    ['`sudo deploy/install.sh --nonsense`', 'install.sh has no --nonsense'],
    ['```sh\nclawmoorctl dance\n```\n', 'clawmoorctl has no dance'],
    ['`NO_SUCH_SETTING`', 'nothing reads NO_SUCH_SETTING'],
  ])('would not pass with %s', (text, expected) => {
    expect(complaintsAbout('README.md', text).join()).toContain(expected);
  });
});

describe('What comes with a release', () => {
  it('is listed with its licences, and nothing else is: npm run licences (S42)', () => {
    const printed = execFileSync(process.execPath, [join(ROOT, 'deploy/licences.mjs'), '--print'], { encoding: 'utf8' });
    expect(read('docs/reference/licences.md')).toBe(printed);
  });
});
