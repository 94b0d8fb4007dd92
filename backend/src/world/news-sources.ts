import type { Logger } from 'pino';
import type { Task } from '@clawmoor/shared/tasks.ts';
import type { AccessNews } from '../features/access/members.ts';
import { iso, type Clock } from '../lib/clock.ts';
import type { Announce } from '../lib/notice.ts';

export interface NewsSourceParts {
  announce: Announce;
  clock: Clock;
  log: Logger;
  nameOf: (serverId: string) => Promise<string | undefined>;
  firstNameOf: (userId: string) => Promise<string | undefined>;
  endedAfter: (after: { at: number; id: string }, limit: number) => Promise<Task[]>;
  /** How far the ends of tasks were told, kept over a restart. */
  memory: { read: (key: string) => Promise<string | undefined>; write: (key: string, value: string) => Promise<unknown> };
}

const TASKS_TOLD = 'news.tasks_told';
// Who has started something short is still looking at it.
const LONG_MS = 60_000;
const TASKS_AT_ONCE = 50;

/** What happens in other parts and is news: ends of tasks, access, backups. */
export function createNewsSources({ announce, clock, log, nameOf, firstNameOf, endedAfter, memory }: NewsSourceParts) {
  let telling: Promise<void> = Promise.resolve();

  async function tellTask(task: Task): Promise<void> {
    const { id, type, serverId, state, createdBy, startedAt, finishedAt, steps, error } = task;
    const at = Date.parse(finishedAt ?? iso(clock.now()));
    const tookMs = startedAt === null ? 0 : at - Date.parse(startedAt);
    const isNews = state === 'failed' || state === 'interrupted' || (state === 'succeeded' && tookMs >= LONG_MS);
    const name = await nameOf(serverId);
    if (!isNews || name === undefined) return;
    const failedAt = steps.find((step) => step.state === 'failed')?.title;
    await announce({
      subject: id,
      kind: 'task',
      severity: state === 'succeeded' ? 'info' : 'warning',
      phase: 'once',
      audience: { userId: createdBy.id },
      server: { id: serverId, name },
      facts: {
        what: state,
        task: type,
        minutes: Math.max(1, Math.round(tookMs / 60_000)),
        ...(failedAt !== undefined && { step: failedAt }),
        ...(error && { reason: error.message }),
      },
      opens: id,
      at,
    });
  }

  async function tellTasks(): Promise<void> {
    for (;;) {
      const [at = '', id = ''] = ((await memory.read(TASKS_TOLD)) ?? '').split(' ');
      if (at === '') return void (await memory.write(TASKS_TOLD, `${clock.now()} `));
      const tasks = await endedAfter({ at: Number(at), id }, TASKS_AT_ONCE);
      for (const task of tasks) {
        await tellTask(task);
        // Moved on after each: what is told twice by a crash in between is one message all the same.
        await memory.write(TASKS_TOLD, `${Date.parse(task.finishedAt ?? '')} ${task.id}`);
      }
      if (tasks.length < TASKS_AT_ONCE) return;
    }
  }

  return {
    /** Tells whatever has ended and was not told yet. */
    tellEndedTasks(): Promise<void> {
      telling = telling.then(tellTasks).catch((error: unknown) => log.error({ err: error }, 'the end of a task could not be announced'));
      return telling;
    },
    /** The access itself stands already: that it cannot be told is no reason to fail. */
    async onAccess({ what, serverId, userId, role, byId }: AccessNews): Promise<void> {
      try {
        const name = await nameOf(serverId);
        if (name === undefined) return;
        const by = byId === undefined ? undefined : await firstNameOf(byId);
        await announce({
          subject: `access:${serverId}:${userId}:${clock.now()}:${what}`,
          kind: 'access',
          severity: 'info',
          phase: 'once',
          audience: { userId },
          server: { id: serverId, name },
          facts: { what, role, ...(by !== undefined && by !== '' && { by }) },
          ...((what === 'granted' || what === 'accepted') && { opens: serverId }),
          at: clock.now(),
        });
      } catch (error) {
        log.error({ err: error, serverId }, 'a change of access could not be announced');
      }
    },
    onBackup: (failure: string | undefined): Promise<void> =>
      announce({
        subject: 'backup',
        kind: 'backup',
        severity: 'critical',
        phase: failure === undefined ? 'resolved' : 'opened',
        audience: { superAdmins: true },
        facts: failure === undefined ? {} : { reason: failure.slice(0, 300) },
        at: clock.now(),
      }),
  };
}
