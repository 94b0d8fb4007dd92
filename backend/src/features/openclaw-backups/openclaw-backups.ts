import { randomBytes } from 'node:crypto';
import type { OpenclawBackup } from '@clawmoor/shared/openclaw-backups.ts';
import type { FileAnswer } from '@clawmoor/shared/route.ts';
import type { Clock } from '../../lib/clock.ts';
import type { HostPool } from '../../lib/host.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { archiveOf, listArchives, nameAt, removal } from './archives.ts';
import { CREATE, STAGE, VERIFY } from './backup.plans.ts';
import { backupNotFound } from './openclaw-backups.problems.ts';

export interface OpenclawBackupsParts {
  hosts: HostPool;
  tasks: Tasks;
  clock: Clock;
}

interface Submission {
  by: string;
  idempotencyKey: string | undefined;
}

export type OpenclawBackups = ReturnType<typeof createOpenclawBackups>;

/** OpenClaw's own backups. They lie on the server; what is known of them is what lies there. */
export function createOpenclawBackups({ hosts, tasks, clock }: OpenclawBackupsParts) {
  const list = (serverId: string, signal: AbortSignal): Promise<OpenclawBackup[]> =>
    hosts.with(serverId, (host) => listArchives(host, signal), { signal });

  async function find(serverId: string, id: string, signal: AbortSignal): Promise<OpenclawBackup> {
    const found = (await list(serverId, signal)).find((backup) => backup.id === id);
    if (!found) throw backupNotFound();
    return found;
  }

  return {
    list,
    create: (serverId: string, { by, idempotencyKey }: Submission): Promise<string> => {
      const name = nameAt(clock.now(), randomBytes(4).toString('hex'));
      return tasks.start({ serverId, type: CREATE, input: { name }, by, idempotencyKey });
    },
    /** Throws `backup.not_found`. */
    async submit(
      what: 'verify' | 'stage',
      serverId: string,
      id: string,
      { by, idempotencyKey, signal }: Submission & { signal: AbortSignal },
    ): Promise<string> {
      const { id: name } = await find(serverId, id, signal);
      return tasks.start({ serverId, type: what === 'verify' ? VERIFY : STAGE, input: { name }, by, idempotencyKey });
    },
    /** Streams the archive as it lies on the server; nothing of it is kept here. */
    async file(serverId: string, id: string, signal: AbortSignal): Promise<FileAnswer> {
      const { size } = await find(serverId, id, signal);
      const { host, release } = await hosts.hold(serverId, { signal });
      try {
        const stream = await host.download(archiveOf(id), { signal });
        stream.once('close', release);
        return { filename: `openclaw-${id}.tar.gz`, type: 'application/gzip', size, stream };
      } catch (error) {
        release();
        throw error;
      }
    },
    async remove(serverId: string, id: string, signal: AbortSignal): Promise<void> {
      await find(serverId, id, signal);
      await hosts.with(serverId, (host) => host.run(removal(id), { signal }), { signal });
    },
  };
}
