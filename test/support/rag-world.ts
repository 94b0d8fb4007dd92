import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { buildBundle } from '../../ragd/build.mjs';
import type { Answer, Person, TestWorld } from './world.ts';

/** The built document search in a folder of its own. */
export async function buildRagdFor(): Promise<{ folder: string; version: string; [Symbol.dispose]: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'clawmoor-ragd-build-'));
  const { version } = await buildBundle({ outDir: folder });
  return { folder, version, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Beside a built one, a newer that changes every collection when it starts, as a migration does, and then fails; answers its version. */
export function putBrokenRagd(dist: string): string {
  const version = '9.0.0';
  const [good] = readdirSync(dist).filter((name) => name.startsWith('ragd-'));
  const folder = join(dist, `ragd-${version}`);
  cpSync(join(dist, good ?? ''), folder, { recursive: true });
  const script = `import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
const data = process.argv[process.argv.indexOf('--data') + 1];
for (const id of readdirSync(data + '/agents')) {
  const file = data + '/agents/' + id + '/index.sqlite';
  if (!existsSync(file + '.before-99')) copyFileSync(file, file + '.before-99');
  rmSync(file + '-wal', { force: true });
  writeFileSync(file, 'of a version that nobody else can read');
}
console.error('there is no lamp');
process.exit(1);
`;
  writeFileSync(join(folder, 'ragd.mjs'), script);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  manifest.version = version;
  manifest.files['ragd.mjs'] = { sha256: createHash('sha256').update(script).digest('hex'), bytes: script.length };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return version;
}

/** What the setup would have brought: Node for logins of a test sshd. */
export function putNode(home: string): void {
  const bin = join(home, '.local/bin');
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, 'node'))) symlinkSync(process.execPath, join(bin, 'node'));
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho 11.0.0\n');
  chmodSync(join(bin, 'npm'), 0o755);
}

/** A multipart request, as a browser sends it. */
export function sendFiles(
  test: TestWorld,
  person: Person,
  path: string,
  files: readonly (readonly [name: string, content: string | Buffer])[],
): Promise<Answer> {
  const form = new FormData();
  for (const [name, content] of files) form.append('files', new Blob([new Uint8Array(Buffer.from(content))]), name);
  return test.request('POST', path, { token: person.token, raw: form as unknown as Uint8Array });
}

/** The task when it is over. Waits for what it needs, and fails with what the task says. */
export async function ended(person: Person, answer: Answer, state = 'succeeded'): Promise<Task> {
  if (answer.status !== 202) throw new Error(`not accepted: ${answer.status} ${answer.text}`);
  const { taskId } = answer.body;
  const endAt = performance.now() + 240_000;
  for (;;) {
    const { body } = await person.get(`/tasks/${taskId}`);
    if (body.state !== 'queued' && body.state !== 'running') {
      if (body.state === state) return body;
      const { lines } = (await person.get(`/tasks/${taskId}/log?limit=1000`)).body;
      throw new Error(`${JSON.stringify(body.error)}\n${lines.map(({ text }: { text: string }) => text).join('\n')}`);
    }
    if (performance.now() > endAt) throw new Error(`The task is: ${JSON.stringify(body)}`);
    await delay(100);
  }
}

/** Ends what an installation under a home folder keeps running. */
export async function endSupervisedRagd(home: string): Promise<void> {
  const file = join(home, '.clawmoor/ragd/supervisor.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; existsSync(file); tries++) {
    if (tries > 300) throw new Error('the supervisor of the document search did not end');
    await delay(100);
  }
}

/** Every file below a folder, for a look at what was left. */
export const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
    : [];
