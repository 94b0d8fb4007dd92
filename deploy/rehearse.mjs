// Starts this release on a copy of the data, on another port, and asks it whether it is well: what an upgrade does before it
// switches. The copy is migrated; no task runs, no bot polls (`--rehearse`). Exit status 0 when all is well.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const STARTED_WITHIN_MS = 120_000; // a long migration of a large file
const ASK_TIMEOUT_MS = 5_000;
const main = join(import.meta.dirname, '../backend/dist/main.mjs');

const child = spawn(process.execPath, [main, '--rehearse'], {
  env: { ...process.env, PORT: '0', HOST: '127.0.0.1' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const tooLate = setTimeout(() => finish(`it was not ready within ${STARTED_WITHIN_MS / 1000} s`), STARTED_WITHIN_MS);
child.on('exit', (code, signal) => finish(`it ended with ${signal ?? code} before it was ready`));
let printed = '';
child.stdout.on('data', (chunk) => {
  printed += chunk;
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
  if (port)
    examine(port).then(
      () => finish(),
      (error) => finish(error.message),
    );
});

async function examine(port) {
  const get = (path) => fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
  const ready = await get('/api/health/ready');
  if (!ready.ok) throw new Error(`/api/health/ready answers ${ready.status}`);
  const page = await get('/');
  if (!page.ok || !(await page.text()).includes('<script')) throw new Error(`the web app answers ${page.status}`);
}

function finish(problem) {
  clearTimeout(tooLate);
  child.removeAllListeners('exit');
  child.kill('SIGKILL'); // nothing on it is worth a drain: it is a copy
  if (problem) process.stderr.write(`The new version is not well: ${problem}\n`);
  process.exit(problem ? 1 : 0);
}
