// npm test: installs what is missing, runs everything, ends with one line. Plain JavaScript for Node 20 and newer.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  buildBackend,
  buildCli,
  buildWebApp,
  installPackages,
  pinnedNode,
  refuseOldNode,
  ROOT,
  toolEnvironment,
} from '../deploy/toolbox.mjs';
import { PACKAGES } from './packages.mjs';

// What ends a run that hangs. The aim is 20 minutes; a loaded machine may need more, and is no reason to fail.
const LIMIT_MS = Number(process.env.CLAWMOOR_TEST_MINUTES ?? 60) * 60_000;
const words = process.argv.slice(2);
const long = words.includes('--long');
// Every world of the groups that run in this process then stands on PostgreSQL.
const onPostgres = words.includes('--postgres');
if (onPostgres) process.env.CLAWMOOR_STORE = 'postgres';
const filters = words.filter((word) => !word.startsWith('--'));
const startedAt = Date.now();
const left = () => Math.max(10_000, LIMIT_MS * (long ? 6 : 1) - (Date.now() - startedAt));

refuseOldNode();
installPackages();
installSystemPackages();
buildWebApp();
buildBackend();
buildCli();

// More files than this failing is no chance: they are not run a second time.
const SECOND_LOOK_FILES = 6;
const STUCK_MS = 60_000;
// Files at a time for each core. What waits for another machine leaves room: ssh with three on two cores took 371 s and not 456, host with two 286 s and not 406.
const FILES_PER_CORE = { unit: 1, ssh: 1.5, host: 1, e2e: 1 };
const total = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
/** Lines that are printed last, where somebody who reads the end of a long output sees them. */
const failures = [];
const unsteady = [];
/** Files that failed, by project. */
const again = new Map();
if (filters.length === 0) {
  check('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  check('lint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings']);
  check('format', ['node_modules/oxfmt/bin/oxfmt', '--check', '.']);
}
// One after the other: a browser that waits for a machine that installs something is not what is tested.
for (const project of onPostgres ? ['unit', 'ssh'] : ['unit', 'ssh', 'host', 'e2e']) await vitest(project, filters);
await secondLook();

for (const { name, reason } of skips) console.log(`skipped: ${name} (${reason})`);
for (const line of unsteady) console.log(`unsteady: ${line}`);
for (const line of failures) console.log(`FAILED: ${line}`);
console.log(`Took ${Math.round((Date.now() - startedAt) / 1000)} s.`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

/** As root on Debian or Ubuntu; elsewhere it says what is missing, and the suites skip by themselves and say so. */
function installSystemPackages() {
  const wanted = PACKAGES.filter((each) => long || !each.long);
  const missing = wanted.filter(({ has, any }) => !(any ? has.some((path) => existsSync(path)) : has.every((path) => existsSync(path))));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const debian =
    existsSync('/usr/bin/apt-get') &&
    /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '');
  if (!debian || process.getuid?.() !== 0) {
    for (const { name, for: what } of missing) console.log(`missing: ${name}, needed by ${what}`);
    return console.log('Those tests are skipped. Root on Debian or Ubuntu installs them by itself.');
  }
  console.log(`Installing ${names.join(', ')} …`);
  withoutServices(() => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore', timeout: 180_000 });
    const { status, stderr } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
      env,
      encoding: 'utf8',
      timeout: 600_000,
    });
    if (status !== 0) console.log(`They could not be installed; those tests are skipped.\n${stderr.slice(-500)}`);
  });
}

/** Installed is not started: no sshd may listen on port 22 because somebody ran the tests. */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const kept = `${policy}.before-clawmoor`;
  if (existsSync(policy)) renameSync(policy, kept);
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  chmodSync(policy, 0o755);
  try {
    install();
  } finally {
    rmSync(policy, { force: true });
    if (existsSync(kept)) renameSync(kept, policy);
  }
}

function check(name, args) {
  const { status, stdout, stderr } = spawnSync(pinnedNode(), args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: toolEnvironment(),
    timeout: left(),
  });
  if (status === 0) total.passed += 1;
  else {
    total.failed += 1;
    failures.push(name);
    console.log(`FAILED: ${name}\n${stdout}${stderr}`);
  }
}

/** Runs a group, or some files of it, and adds what it found to the total. */
async function vitest(project, names) {
  const { report, signal, status, skipped } = await runVitest(project, names);
  skips.push(...skipped);
  if (report === undefined) {
    total.failed += 1;
    failures.push(`the group ${project} ended without a report (${signal ?? status})`);
    return;
  }
  const known = again.size;
  for (const file of report.testResults) {
    const found = countsOf(file);
    add(found, 1);
    if (found.failed > 0) again.set(file.name, { project, found });
  }
  if (status !== 0 && again.size === known) {
    total.failed += 1;
    failures.push(`the group ${project}: an error outside of any test`);
  }
}

/**
 * Runs the files that failed once more, alone on the machine. What passes then counts as passed and is printed as unsteady, with what it said
 * the first time: a test that needs a quiet machine is worth mending, and is no reason to hold a change back.
 */
async function secondLook() {
  for (const [name, { project, found }] of again) {
    const file = relative(ROOT, name);
    const second = again.size > SECOND_LOOK_FILES ? undefined : await lookAgain(project, file);
    if (second === undefined || second.failed > 0 || second.passed === 0) {
      failures.push(...(second?.lines.length ? second.lines : found.lines));
      continue;
    }
    add(found, -1);
    add(second, 1);
    unsteady.push(...found.lines);
  }
}

async function lookAgain(project, file) {
  console.log(`A second look at ${file}`);
  const { report } = await runVitest(project, [file]);
  const result = report?.testResults[0];
  return result && countsOf(result);
}

function add({ passed, failed, skipped }, sign) {
  total.passed += sign * passed;
  total.failed += sign * failed;
  total.skipped += sign * skipped;
}

/** What a file of a report says; a file that does not load fails without a test of its own, and gets a line all the same. */
function countsOf(file) {
  const name = relative(ROOT, file.name);
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  const lines = failed.map(({ fullName, failureMessages }) => `${name} > ${fullName}: ${firstLine(failureMessages[0])}`);
  if (failed.length === 0 && file.status === 'failed') lines.push(`${name}: ${firstLine(file.message)}`);
  const passed = file.assertionResults.filter(({ status }) => status === 'passed').length;
  return { passed, failed: lines.length, skipped: file.assertionResults.length - failed.length - passed, lines };
}

function firstLine(text = '') {
  return stripVTControlCharacters(text).split('\n')[0].slice(0, 300);
}

async function runVitest(project, names) {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-test-'));
  const file = join(folder, 'report.json');
  const args = [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    '--passWithNoTests',
    `--maxWorkers=${Math.max(1, Math.floor(availableParallelism() * FILES_PER_CORE[project]))}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...names,
  ];
  const env = { ...toolEnvironment(), CLAWMOOR_LONG: long ? '1' : '0', CLAWMOOR_SKIPS: join(folder, 'skips') };
  const { status, signal } = await ended(spawn(pinnedNode(), args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env }), file);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const lines = existsSync(env.CLAWMOOR_SKIPS) ? readFileSync(env.CLAWMOOR_SKIPS, 'utf8').trim().split('\n') : [];
  rmSync(folder, { recursive: true, force: true });
  return { report, status, signal, skipped: lines.map((line) => JSON.parse(line)) };
}

/** Waits for a group to end. A process that a test left behind can keep it from that: then the report decides, a minute after it was written. */
function ended(child, report) {
  return new Promise((resolve) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), left());
    const watch = setInterval(() => {
      if (!existsSync(report) || Date.now() - statSync(report).mtimeMs < STUCK_MS) return;
      console.log('The group has reported and does not end: a test left a process behind.');
      child.kill('SIGKILL');
    }, 5_000);
    child.once('exit', (status, signal) => {
      clearTimeout(limit);
      clearInterval(watch);
      resolve({ status, signal });
    });
  });
}
