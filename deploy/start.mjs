// npm start: installs what is missing, builds what is stale, starts, and prints one line with the address.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  buildBackend,
  buildCli,
  buildRagd,
  buildWebApp,
  installPackages,
  pinnedNode,
  refuseOldNode,
  ROOT,
  toolEnvironment,
} from './toolbox.mjs';

refuseOldNode();
installPackages();
const dev = process.argv.includes('--dev');
if (!dev) {
  buildWebApp();
  buildBackend();
  buildCli();
}
buildRagd();
const main = dev
  ? ['--watch-path=backend/src', '--watch-path=shared/src', join(ROOT, 'backend/src/main.ts')]
  : [join(ROOT, 'backend/dist/main.mjs')];
const child = spawn(pinnedNode(), main, { cwd: ROOT, env: toolEnvironment(), stdio: 'inherit' });
if (dev)
  spawn(pinnedNode(), [join(ROOT, 'node_modules/vite/bin/vite.js')], {
    cwd: join(ROOT, 'webapp'),
    env: toolEnvironment(),
    stdio: 'inherit',
  });
// A terminal sends Ctrl-C to both of us: ours is to wait for the child, which drains. Others send it to us alone.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
