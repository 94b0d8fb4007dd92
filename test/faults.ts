// npm run faults: causes every situation of the list for real, by running the tests that carry its id, and prints what was lost.
// `npm run faults -- --long` includes the long ones; `npm run faults -- R2 R16` runs those alone; `--list` runs nothing;
// `--save` writes docs/reference/faults.md.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pinnedNode, toolEnvironment } from '../deploy/toolbox.mjs';

const ROOT = join(import.meta.dirname, '..');
// What ends a run that hangs.
const LIMIT_MS = 3_600_000;

/** What happens, in a few words each; its id stands in the names of the tests that cause it. */
export const SITUATIONS: Record<string, string> = {
  R1: 'killed with SIGKILL at random points',
  R2: 'the network is cut, or refuses for a while',
  R3: 'a peer that froze',
  R4: 'the same submit twice, or fifty times',
  R5: 'two people begin on one server',
  R6: 'a stop while waiting, running or ended',
  R7: 'what may be tried again, and what not',
  R8: 'more commands than sshd takes',
  R9: 'an SSH client that fails late or twice',
  R10: 'output without an end',
  R11: 'a feed that is read slowly or cut',
  R12: 'a feed taken up again',
  R13: 'a phone that slept',
  R14: 'SIGTERM in the middle of work',
  R15: 'an exception that nobody caught',
  R16: 'another process holds the write lock',
  R17: 'the disk is full',
  R18: 'a write-ahead log that grows',
  R19: 'a backup under load, cut off, pruned',
  R20: 'a backup that is damaged',
  R21: 'a restore that fails half-way',
  R22: 'a migration that fails, a version too new',
  R23: 'the wrong data folder, the wrong key',
  R24: 'the clock steps',
  R25: 'what piles up is pruned',
  R26: 'schedules that were missed',
  R27: 'many servers watched at once',
  R28: 'what is wrong is shown and told',
};

interface Found {
  /** Files that hold its tests, relative to the root. */
  files: Set<string>;
  names: string[];
}

const IN_NAME = /\bR\d+\b/g;
// An id counts only in brackets, as `(R1 S7)`, or in front, as `R4: …`.
const ID = /\(((?:[A-Z]\d+ ?)+)\)|^(R\d+):/g;
const TEXTS = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;

const idsIn = (name: string): string[] => [...new Set([...name.matchAll(ID)].flatMap(([whole]) => whole.match(IN_NAME) ?? []))];

/** The tests of every situation, by the names that stand in the files. */
export function testsBySituation(): Map<string, Found> {
  const found = new Map<string, Found>(Object.keys(SITUATIONS).map((id) => [id, { files: new Set(), names: [] }]));
  const files = globSync('{shared/src,backend/src,webapp/src,cli/src,test}/**/*.test.{ts,tsx}', { cwd: ROOT });
  for (const file of files.toSorted())
    for (const [, single, double, template] of readFileSync(join(ROOT, file), 'utf8').matchAll(TEXTS)) {
      const name = single ?? double ?? template ?? '';
      for (const id of idsIn(name)) {
        found.get(id)?.files.add(file);
        found.get(id)?.names.push(name);
      }
    }
  return found;
}

export const withoutFault = (found: Map<string, Found>): string[] =>
  [...found].filter(([, { names }]) => names.length === 0).map(([id]) => id);

interface Outcome {
  fullName: string;
  status: string;
}

/** A test that causes its fault many times says so in its name: “8 times kill -9”. */
const timesIn = (name: string): number => Number(/\b(\d+) times\b/.exec(name)?.[1] ?? 1);

// The tests of a real server build on each other; elsewhere those with an id run alone.
const isWhole = (file: string): boolean => file.startsWith('test/host/');

const run = (files: string[], long: boolean): Outcome[] => [
  ...runThese(
    files.filter((file) => !isWhole(file)),
    { long, words: ['-t', '\\bR[0-9]+\\b'] },
  ),
  ...runThese(files.filter(isWhole), { long, words: [] }),
];

function runThese(files: string[], { long, words: chosen }: { long: boolean; words: string[] }): Outcome[] {
  if (files.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-faults-'));
  const report = join(folder, 'report.json');
  try {
    const words = ['run', '--passWithNoTests', ...chosen, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { error } = spawnSync(pinnedNode(), [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...words, ...files], {
      cwd: ROOT,
      stdio: ['ignore', process.stderr, process.stderr],
      env: { ...toolEnvironment(), CLAWMOOR_LONG: long ? '1' : '0' },
      timeout: LIMIT_MS,
    });
    if (error) throw error;
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: { assertionResults: Outcome[] }[] };
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Row {
  id: string;
  runs: number;
  losses: number;
  skipped: number;
}

export function rowsOf(outcomes: readonly Outcome[], ids: readonly string[]): Row[] {
  return ids.map((id) => {
    const mine = outcomes.filter(({ fullName }) => new RegExp(`\\b${id}\\b`).test(fullName));
    const sum = (...states: string[]): number =>
      mine.filter(({ status }) => states.includes(status)).reduce((total, { fullName }) => total + timesIn(fullName), 0);
    return {
      id,
      runs: sum('passed', 'failed'),
      losses: mine.filter(({ status }) => status === 'failed').length,
      skipped: sum('skipped', 'pending'),
    };
  });
}

function savePage(rows: readonly Row[]): void {
  const lines = rows.map(({ id, runs, losses }) => `| ${id} | ${SITUATIONS[id] ?? ''} | ${runs} | ${losses} |`);
  writeFileSync(
    join(ROOT, 'docs/reference/faults.md'),
    `# Faults\n\nWhat was caused for real on ${new Date().toISOString().slice(0, 10)}, how often, and what was lost. Made by \`npm run faults -- --save\`; \`npm run faults -- R2\` repeats one.\n\n` +
      `| id | what happens | runs | losses |\n|---|---|---|---|\n${lines.join('\n')}\n`,
  );
}

if (process.argv[1] === import.meta.filename) {
  const words = process.argv.slice(2);
  const asked = words.filter((word) => !word.startsWith('--'));
  const found = testsBySituation();
  const unknown = asked.filter((id) => !found.has(id));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}; there are R1 to R${found.size}`);
  const ids = asked.length > 0 ? asked : [...found.keys()];
  const missing = withoutFault(found).filter((id) => ids.includes(id));
  const files = [...new Set(ids.flatMap((id) => [...(found.get(id)?.files ?? [])]))];
  const rows = rowsOf(words.includes('--list') ? [] : run(files, words.includes('--long')), ids);
  console.log(`${'id'.padEnd(5)}${'what happens'.padEnd(46)}${'runs'.padStart(6)}${'losses'.padStart(8)}`);
  for (const { id, runs, losses, skipped } of rows) {
    const note = missing.includes(id) ? '  NO TEST' : skipped > 0 ? `  ${skipped} skipped` : '';
    console.log(`${id.padEnd(5)}${(SITUATIONS[id] ?? '').padEnd(46)}${String(runs).padStart(6)}${String(losses).padStart(8)}${note}`);
    if (words.includes('--list')) for (const file of found.get(id)?.files ?? []) console.log(`       ${relative('.', file)}`);
  }
  if (words.includes('--save')) savePage(rows);
  const lost = rows.reduce((total, { losses }) => total + losses, 0);
  const idle = words.includes('--list') ? [] : rows.filter(({ runs, skipped }) => runs === 0 && skipped === 0).map(({ id }) => id);
  console.log(`${ids.length - missing.length} of ${ids.length} situations have a test; ${lost} losses.`);
  if (idle.length > missing.length) console.log(`Not run: ${idle.filter((id) => !missing.includes(id)).join(', ')} (only by --long)`);
  process.exitCode = missing.length > 0 || lost > 0 ? 1 : 0;
}
