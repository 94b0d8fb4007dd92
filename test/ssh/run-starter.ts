// A process of its own that starts a run and is then killed: see runs.test.ts.
import type { SshTarget } from '../../backend/src/lib/host.ts';
import { poolTo } from './world.ts';

process.once('message', async (message) => {
  const { target, name, script } = message as { target: SshTarget; name: string; script: string };
  await poolTo(target).with('server', (host) => host.runs.start(name, { script }));
  process.send?.('started');
});
