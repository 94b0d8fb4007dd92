// npm test: installs what is missing, runs everything, ends with one line. Plain JavaScript for Node 20 and newer.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
const filters = words.filter((word) => !word.startsWith('--'));
const startedAt = Date.now();
const left = () => Math.max(10_000, LIMIT_MS * (long ? 6 : 1) - (Date.now() - startedAt));

refuseOldNode();
installPackages();
installSystemPackages();
buildWebApp();
buildBackend();
buildCli();

const total = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
if (filters.length === 0) {
  check('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  check('lint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings']);
  check('format', ['node_modules/oxfmt/bin/oxfmt', '--check', '.']);
}
// One after the other: a browser that waits for a machine that installs something is not what is tested.
for (const project of ['unit', 'ssh', 'host', 'e2e']) vitest(project);

for (const { name, reason } of skips) console.log(`skipped: ${name} (${reason})`);
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
    console.log(`FAILED: ${name}\n${stdout}${stderr}`);
  }
}

function vitest(project) {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-test-'));
  const report = join(folder, 'report.json');
  const args = [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ];
  const env = { ...toolEnvironment(), CLAWMOOR_LONG: long ? '1' : '0', CLAWMOOR_SKIPS: join(folder, 'skips') };
  const { status, signal } = spawnSync(pinnedNode(), args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env, timeout: left() });
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += numPassedTests;
    // A file that does not load fails without a test of its own.
    total.failed += numFailedTests + (numFailedTests === 0 && numFailedTestSuites > 0 ? numFailedTestSuites : 0);
    total.skipped += numPendingTests + numTodoTests;
    if (status !== 0 && numFailedTests === 0 && numFailedTestSuites === 0) total.failed += 1;
  } else {
    total.failed += 1;
    console.log(`FAILED: the group ${project} ended without a report (${signal ?? status})`);
  }
  if (existsSync(env.CLAWMOOR_SKIPS))
    for (const line of readFileSync(env.CLAWMOOR_SKIPS, 'utf8').trim().split('\n')) skips.push(JSON.parse(line));
  rmSync(folder, { recursive: true, force: true });
}
