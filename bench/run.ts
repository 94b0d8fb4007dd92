// npm run bench: every figure beside its anchor, measured in the same run. `npm run bench -- ssh start` runs a part.
import { buildBackend, buildWebApp } from '../deploy/toolbox.mjs';
import { adminFigures } from './admin.ts';
import { connectionFigures } from './connections.ts';
import { gatewayFigures } from './gateway.ts';
import { httpFigures } from './http.ts';
import { liveLogFigures } from './live-log.ts';
import { holds, machine, table, type Figure } from './report.ts';
import { savePage } from './save.ts';
import { signInFigures } from './sign-in.ts';
import { sshFigures } from './ssh.ts';
import { startFigures } from './start.ts';
import { watchingFigures } from './watching.ts';
import { webappFigures } from './webapp.ts';

const PARTS: Record<string, () => Promise<Figure[]>> = {
  http: httpFigures,
  'sign-in': signInFigures,
  ssh: sshFigures,
  connections: connectionFigures,
  log: liveLogFigures,
  start: startFigures,
  gateway: gatewayFigures,
  admin: adminFigures,
  watching: watchingFigures,
  webapp: webappFigures,
};

buildWebApp();
buildBackend();
const chosen = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const figures: Figure[] = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(PARTS)) {
  const part = PARTS[name];
  if (!part) throw new Error(`There is no part ${name}; there are ${Object.keys(PARTS).join(', ')}`);
  process.stderr.write(`measuring ${name} …\n`);
  figures.push(...(await part()));
}
const report = `${machine()}\n\n${table(figures)}\n`;
process.stdout.write(report);
const missed = figures.filter((figure) => holds(figure) === false);
process.stdout.write(`\n${figures.length - missed.length} of ${figures.length} targets met\n`);
if (process.argv.includes('--save')) {
  savePage('performance', {
    title: 'Performance',
    command: 'npm run bench -- --save',
    at: new Date().toISOString(),
    machine: machine(),
    figures,
  });
}
process.exit(0);
