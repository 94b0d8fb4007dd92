import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { startFakeReleases, type FakeReleases } from './fake-ollama.ts';
import { freePort, startSshd, type TestSshd } from './sshd.ts';
import { startWorld, type Person, type TestWorld } from './world.ts';

export interface OllamaWorld {
  test: TestWorld;
  sshd: TestSshd;
  releases: FakeReleases;
  owner: Person;
  viewer: Person;
  serverId: string;
  /** The operations: `at('/status')`. */
  at: (rest: string) => string;
  port: number;
  until: (taskId: string, reached?: (task: Task) => boolean) => Promise<Task>;
  logOf: (taskId: string) => Promise<string>;
  /** Installs version 9.9.1 and waits for it. */
  install: () => Promise<Task>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

const isEnded = ({ state }: Task): boolean => state !== 'queued' && state !== 'running';

/** The whole backend and a real sshd, as the local trial uses it: what is installed lies below a home of its own, on a port of its own. */
export async function startOllamaWorld(): Promise<OllamaWorld> {
  const [sshd, releases, port] = await Promise.all([startSshd(), startFakeReleases(['9.9.1', '9.9.2']), freePort()]);
  const test = await startWorld({ env: { OLLAMA_DOWNLOAD_BASE: releases.base }, overrides: { trialOllamaPort: port } });
  const bin = join(sshd.home, '.local/bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho 11.0.0\n');
  chmodSync(join(bin, 'npm'), 0o755);
  const [owner, viewer] = await Promise.all([test.person(101, 'Olga'), test.person(103, 'Vera')]);
  const serverId = await addServer(owner, sshd);
  await test.grant(serverId, viewer.id, 'viewer');
  await test.world.db.updateTable('server').set({ kind: 'trial' }).where('id', '=', serverId).execute();
  const at = (rest: string): string => `/servers/${serverId}/rag/ollama${rest}`;
  const until = async (taskId: string, reached = isEnded): Promise<Task> => {
    const endAt = performance.now() + 60_000;
    for (;;) {
      const { body } = await owner.get(`/tasks/${taskId}`);
      if (reached(body)) return body;
      if (performance.now() > endAt || isEnded(body)) throw new Error(`The task is: ${JSON.stringify(body)}`);
      await delay(20);
    }
  };
  return {
    test,
    sshd,
    releases,
    owner,
    viewer,
    serverId,
    at,
    port,
    until,
    logOf: async (taskId) =>
      (await owner.get(`/tasks/${taskId}/log?limit=1000`)).body.lines.map(({ text }: { text: string }) => text).join('\n'),
    install: async () => until((await owner.post(at('/install'), { version: '9.9.1' })).body.taskId),
    async [Symbol.asyncDispose]() {
      // The supervisor ends what it keeps running, and itself.
      const stop =
        'cd .clawmoor/ollama-service 2>/dev/null && kill -TERM "$(cat supervisor.pid)"; i=0; while [ -e supervisor.pid ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; :';
      await test.world.hosts.with(serverId, (host) =>
        host.runs.start('stop', { script: stop }).then(() => host.runs.follow('stop', { offset: 0, onLines: () => {} })),
      );
      await test[Symbol.asyncDispose]();
      await Promise.all([sshd[Symbol.asyncDispose](), releases[Symbol.asyncDispose]()]);
    },
  };
}

async function addServer(owner: Person, { target }: TestSshd): Promise<string> {
  if (!('privateKey' in target.auth)) throw new Error('the key of the test sshd is missing');
  const { privateKey } = target.auth;
  const login = { name: 'quay', host: target.host, port: target.port, username: target.username, authMethod: 'key', privateKey };
  const { body } = await owner.post('/servers', login);
  const { body: tried } = await owner.post(`/servers/${body.id}/test`);
  await owner.post(`/servers/${body.id}/host-key`, { sha256: tried.hostKey.sha256 });
  return body.id;
}
