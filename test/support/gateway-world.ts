import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { supervisor } from '../../backend/src/features/setup/supervisor.ts';
import { restartService, SUPERVISOR_FOLDER } from '../../backend/src/lib/gateway-service.ts';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { startModelServer } from './model-server.ts';
import { startOpenclaw, type TestOpenclaw } from './openclaw.ts';
import { startSshd, type TestSshd } from './sshd.ts';
import { startWorld, type Person, type TestWorld } from './world.ts';

// It takes 10 s; on a machine that does ten other things, two minutes.
const READY_WITHIN_MS = 200_000;

export interface GatewayWorld {
  test: TestWorld;
  sshd: TestSshd;
  openclaw: TestOpenclaw;
  owner: Person;
  admin: Person;
  viewer: Person;
  serverId: string;
  /** `/api/servers/:id/openclaw`, without `/api`. */
  at: string;
  /** Waits for the end of a task. */
  ended: (taskId: string, withinMs?: number) => Promise<Task>;
  logOf: (taskId: string) => Promise<string>;
  /** Puts the command `openclaw` where logins find it. */
  installLauncher: () => Promise<void>;
  /** From now on our own supervisor keeps the gateway running, as on a server without systemd; `launcher`: by a command made for it. */
  supervise: (options?: { launcher: boolean }) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** The whole backend, a real sshd and the real OpenClaw behind it, added as a server the way the app does. */
export async function startGatewayWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<GatewayWorld> {
  const [test, sshd, model] = await Promise.all([startWorld(options), startSshd(), startModelServer()]);
  const openclaw = await startOpenclaw({ home: sshd.home, modelPort: model.port });
  const [owner, admin, viewer] = await Promise.all([test.person(101, 'Olga'), test.person(102, 'Adam'), test.person(103, 'Vera')]);
  const serverId = await addServer(owner, sshd);
  await Promise.all([test.grant(serverId, admin.id, 'admin'), test.grant(serverId, viewer.id, 'viewer')]);
  const folder = join(sshd.home, SUPERVISOR_FOLDER);
  const installLauncher = async (): Promise<void> => {
    const launcher = join(sshd.home, '.local/bin/openclaw');
    await mkdir(join(sshd.home, '.local/bin'), { recursive: true });
    await writeFile(launcher, `#!/bin/sh\n${openclaw.command('"$@"')}\n`);
    await chmod(launcher, 0o755);
  };
  return {
    test,
    sshd,
    openclaw,
    owner,
    admin,
    viewer,
    serverId,
    at: `/servers/${serverId}/openclaw`,
    async ended(taskId, withinMs = 150_000) {
      const endAt = performance.now() + withinMs;
      for (;;) {
        const { body } = await owner.get(`/tasks/${taskId}`);
        if (body.state !== 'queued' && body.state !== 'running') return body;
        if (performance.now() > endAt) throw new Error(`the task is still ${JSON.stringify(body)}`);
        await delay(200);
      }
    },
    logOf: async (taskId) =>
      (await owner.get(`/tasks/${taskId}/log?after=0`)).body.lines.map(({ text }: { text: string }) => text).join('\n'),
    installLauncher,
    async supervise({ launcher } = { launcher: true }) {
      await openclaw.stop();
      await mkdir(folder, { recursive: true });
      if (launcher) await installLauncher();
      await writeFile(join(folder, 'supervise.sh'), supervisor);
      await test.world.hosts.with(serverId, (host) => host.run(restartService('supervised')));
      const endAt = performance.now() + READY_WITHIN_MS;
      while ((await owner.get(`/servers/${serverId}/openclaw/status`)).body.state !== 'ready') {
        if (performance.now() > endAt) throw new Error(`the supervised gateway did not get ready: ${readLog(folder)}`);
        await delay(300);
      }
    },
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      endSupervised(folder);
      await openclaw[Symbol.asyncDispose]();
      await Promise.all([sshd[Symbol.asyncDispose](), model[Symbol.asyncDispose]()]);
    },
  };
}

/** Adds a server the way the app does, its host key confirmed. */
export async function addServer(owner: Person, sshd: TestSshd): Promise<string> {
  if (!('privateKey' in sshd.target.auth)) throw new Error('the test sshd logs in by key');
  const { port, username, auth } = sshd.target;
  const body = { name: 'ship', host: '127.0.0.1', port, username, authMethod: 'key', privateKey: auth.privateKey };
  const { id } = (await owner.post('/servers', body)).body;
  const { hostKey } = (await owner.post(`/servers/${id}/test`)).body;
  const pinned = await owner.post(`/servers/${id}/host-key`, { sha256: hostKey.sha256 });
  if (pinned.status !== 200) throw new Error(`the host key was not pinned: ${pinned.text}`);
  return id;
}

const readLog = (folder: string): string =>
  existsSync(join(folder, 'gateway.log')) ? readFileSync(join(folder, 'gateway.log'), 'utf8').slice(-2_000) : '';

/** The supervisor first, then what it started: each by the process id that it wrote down. */
function endSupervised(folder: string): void {
  const pidIn = (name: string): string | undefined =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim() || undefined : undefined;
  const [supervisorPid, gatewayPid] = [pidIn('supervisor.pid'), pidIn('gateway.pid')];
  const children = gatewayPid === undefined ? [] : childrenOf(gatewayPid);
  for (const pid of [supervisorPid, gatewayPid, ...children]) if (pid !== undefined) end(Number(pid));
}

function childrenOf(pid: string): string[] {
  try {
    return execFileSync('pgrep', ['-P', pid], { encoding: 'utf8' }).split('\n').filter(Boolean);
  } catch {
    return []; // it has none
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it is gone already
  }
}
