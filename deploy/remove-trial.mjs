// npm run trial:remove: ends what the local trial started on this machine and removes everything that it made. Plain JavaScript for Node 20 and newer.
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const END_WITHIN_MS = 15_000;
const data = resolve(process.env.DATA_DIR || './data');
const secrets = resolve('.clawmoor');
const home = join(data, 'trial/home');

if (process.env.APP_DOMAIN) refuse('APP_DOMAIN is set: this is no local trial. Nothing was removed.');
if (!existsSync(join(data, 'trial')) || !existsSync(join(secrets, 'secrets.json')))
  refuse(`There is no local trial in ${data}. Nothing was removed.`);
if (holders(join(data, 'clawmoor.db')).length > 0)
  refuse('Clawmoor is running here. Stop it first (Ctrl-C), then run this again. Nothing was removed.');

await endAll();
const made = [join(data, 'trial'), join(data, 'cache'), secrets, ...databaseFiles()];
for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
if (readdirSync(data).length === 0) rmSync(data, { recursive: true });
process.stdout.write(`The local trial is gone, with its OpenClaw: ${data} and ${secrets}\n`);

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Whatever runs with the trial's home as its own: the gateway, its supervisor, an installation that is under way. */
async function endAll() {
  const endAt = Date.now() + END_WITHIN_MS;
  const told = new Set();
  for (;;) {
    const left = processesOf(home);
    if (left.length === 0) return;
    const late = Date.now() > endAt;
    // Asked once: OpenClaw takes a second SIGTERM for impatience, and is slower to leave.
    for (const pid of left.filter((one) => late || !told.has(one))) kill(pid, late ? 'SIGKILL' : 'SIGTERM');
    for (const pid of left) told.add(pid);
    await delay(200);
  }
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended by itself
  }
}

function processes() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
}

function processesOf(folder) {
  return processes()
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`HOME=${folder}`))
    .map(Number);
}

/** The processes that have a file open. */
function holders(file) {
  return processes().filter((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === file);
    } catch {
      return false; // somebody else's, or gone
    }
  });
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function databaseFiles() {
  return readdirSync(data)
    .filter((name) => name.startsWith('clawmoor.db'))
    .map((name) => join(data, name));
}
