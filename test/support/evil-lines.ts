// A thread of its own, so that a pattern that never ends can be ended: see hostile-text.test.ts.
import { parentPort } from 'node:worker_threads';
import { readGatewayAccess } from '../../backend/src/adapters/openclaw/gateway-file.ts';
import { linesOf } from '../../backend/src/features/logs/journal.ts';
import { readLogLine } from '../../backend/src/lib/gateway-log-line.ts';
import { readHostFacts } from '../../backend/src/features/monitor/host-facts.ts';
import { withoutSecrets } from '../../backend/src/features/openclaw/without-secrets.ts';
import { redact, visible } from '../../backend/src/lib/hostile-text.ts';
import type { Host } from '../../backend/src/lib/host.ts';
import { redactLine } from '../../backend/src/lib/redact.ts';
import { cleanLine } from '../../backend/src/tasks/clean-line.ts';

// The size at which a pattern of quadratic cost takes minutes, and one of linear cost a millisecond.
const LONG = 256 * 1024;

const repeated = (text: string): string => text.repeat(Math.ceil(LONG / text.length)).slice(0, LONG);

/** What makes a pattern look at the same text again and again: many beginnings without an end, long runs before a last wrong letter. */
const evil = [
  '\r',
  ' ',
  '\t',
  '\u001b',
  '\u001b[',
  '\u001b]',
  '\u001bP',
  '\u001b[0;',
  '0;',
  '-',
  '=',
  ':',
  '"',
  '\\',
  '/',
  '://',
  '://a:',
  '.',
  '[',
  '1',

  'eyJ-',
  'eyJaaaaaaaa.',
  'eyJaaaaaaaa.eyJ',
  'sk-',
  'ghp_',
  'AKIA',
  'xox',
  '-----BEGIN ',
  '-----BEGIN A PRIVATE KEY-----',
  '123456789012:',

  'token ',
  'token=',
  'token"',
  'token=\\',
  'api key: a',
  'password=1',
  'Bearer ',
  'Basic \t',
  'authorization',
  'tokentoken',
  'secret',
  '\u202e',
  'é',
  '{"a":',
  '[',
].flatMap((text) => [repeated(text), `${repeated(text)}\u0000x`, `A=${repeated(text)}x`, `token=${repeated(text)}x`]);

const readers: Record<string, (text: string) => unknown> = {
  cleanLine: (text) => cleanLine(text, ['a-secret-of-the-task']),
  redact,
  redactLine,
  visible,
  withoutSecrets,
  readLogLine,
  journal: (text) => linesOf(`1795564800.123456 host ${text}`),
  hostFacts: (text) => attempt(() => readHostFacts(text)),
  hostFactsField: (text) =>
    attempt(() => readHostFacts(JSON.stringify({ memory: text.slice(0, 4_000), disks: text.slice(0, 4_000), cpu: text.slice(0, 4_000) }))),
};

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A server whose OpenClaw keeps its token in a file of environment variables. */
const hostWith = (env: string): Host =>
  ({
    readFile: async (path: string) => (path.endsWith('.env') ? env : JSON.stringify({ gateway: { auth: { token: '${A}' } } })),
  }) as Partial<Host> as Host;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
const say = (name: string): void => parentPort?.postMessage(name);

for (const [name, read] of Object.entries(readers)) {
  say(name);
  for (const text of evil) read(text);
}
say('gatewayFile');
for (const text of evil) await readGatewayAccess(hostWith(`A=${text}`)).catch(() => {});
say('done');
