// The backend with a task whose log grows by 5,000 lines a second for some seconds: `node live-log-panel.ts <seconds>`. Prints where its feed
// is as JSON; the lines begin with the first line on stdin. Each says when it was written.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import * as z from 'zod/mini';
import { createFront } from '../../backend/src/app.ts';
import { listen } from '../../backend/src/begin.ts';
import type { AnyPlan } from '../../backend/src/tasks/plan.ts';
import { sh } from '../../backend/src/lib/sh.ts';
import { addServer } from '../../test/support/openclaw-world.ts';
import { startSshd } from '../../test/support/sshd.ts';
import { startWorld } from '../../test/support/world.ts';

const seconds = Number(process.argv[2]);
const flood: AnyPlan = {
  type: 'bench.flood',
  lane: () => 'bench',
  input: z.object({}),
  secrets: z.object({}),
  steps: () => [
    {
      key: 'flood',
      title: 'Say much',
      done: async () => false,
      apply: ({ detached }) =>
        detached({ name: 'flood', script: sh`until [ -e go ]; do sleep 0.02; done; exec ${process.execPath} flood.mjs`.text }),
    },
  ],
};

const sshd = await startSshd();
writeFileSync(
  join(sshd.home, 'flood.mjs'),
  `let n = 0; const end = Date.now() + ${seconds * 1_000};
const timer = setInterval(() => {
  if (Date.now() > end) return clearInterval(timer);
  let text = '';
  for (let i = 0; i < 50; i++) text += \`\${Date.now()} line \${n++} of a log that somebody watches from a phone on a train\\n\`;
  process.stdout.write(text);
}, 10);`,
);
const test = await startWorld({ env: { LOG_LEVEL: 'silent' }, overrides: { morePlans: [flood] } });
const owner = await test.person(1, 'Olga');
const serverId = await addServer(owner, sshd);
const id = await test.world.tasks.start({ serverId, type: flood.type, input: {}, by: owner.id });
// A front of its own: that of the tests judges every byte, which is not measured.
const port = await listen(createFront(test.world), 0, '127.0.0.1');
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/api/tasks/${id}/events`, token: owner.token })}\n`);
await once(process.stdin, 'data');
writeFileSync(join(sshd.home, 'go'), '');
await once(process.stdin, 'data');
await test[Symbol.asyncDispose]();
await sshd[Symbol.asyncDispose]();
process.exit(0);
