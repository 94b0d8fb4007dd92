import { ApiError } from '@clawmoor/shared/client.ts';
import { follow } from '@clawmoor/shared/feed.ts';
import { taskRoutes, type Task } from '@clawmoor/shared/tasks.ts';
import type { Context } from '../command.ts';
import { CliError, Ended, EXIT } from '../exit.ts';
import { INIT, type Session } from '../session/sessions.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/plain.ts';
import { createTaskView } from './task-view.ts';

const PAGE = 1_000;
const GIVE_UP_SECONDS = 120;

export interface Following {
  id: string;
  /** Lines of the log are shown as well. */
  log: boolean;
  /** Without a connection for this long, it ends. */
  giveUpSeconds?: number | undefined;
}

/**
 * Shows a task as it happens until it ends; goes on by itself after a lost connection, without a gap. Throws Ended where the task
 * failed, `cli.unreachable` where Clawmoor stays away. Leaving does not touch the task.
 */
export async function followTask({ out, signal, onInterrupt }: Context, session: Session, following: Following): Promise<void> {
  const { id, log, giveUpSeconds = GIVE_UP_SECONDS } = following;
  const away = new AbortController();
  const stop = AbortSignal.any([signal, away.signal]);
  const line = watchLine({ out, address: session.address, giveUp: () => away.abort(), giveUpSeconds });
  const readLog = async (after: number) => (await session.call(taskRoutes.readTaskLog, { id, after, limit: PAGE }, { signal: stop })).lines;
  const onGap = (): void => void (stop.aborted || out.note(`Some lines could not be read; see them all: clawmoor tasks log ${id}`));
  const view = createTaskView({ out, log, readLog, onGap });
  let refused = false;
  onInterrupt(() => out.note(`The task goes on. Follow it: clawmoor tasks --follow ${id}\nStop it: clawmoor tasks cancel ${id}`));
  try {
    await follow({
      route: taskRoutes.watchTask,
      input: { id },
      origin: session.address,
      init: INIT,
      token: async () => session.token,
      renew: async () => void (refused = true),
      signal: stop,
      onState: (state) => (state === 'live' ? line.isBack() : line.isLost()),
      onEvent: view.take,
      // Some proxies hold a feed back: then the task itself is asked for.
      async poll() {
        const task = await session.call(taskRoutes.readTask, { id }, { signal: stop });
        line.answers();
        view.take({ event: 'task', data: task });
        view.take({ event: 'resync', data: {} });
        return task.finishedAt !== null;
      },
    });
    await view.settled();
  } finally {
    line.end();
    out.clear();
  }
  signal.throwIfAborted();
  if (away.signal.aborted) throw lost(session.address, id, giveUpSeconds);
  if (refused) throw new ApiError(401, { error: 'This token is not valid any more', code: 'auth.token_invalid' });
  conclude(out, view.task());
}

interface Line {
  out: Output;
  address: string;
  giveUp: () => void;
  giveUpSeconds: number;
}

/** Says once that the connection is lost, and gives up when it stays so. */
function watchLine({ out, address, giveUp, giveUpSeconds }: Line) {
  let timer: NodeJS.Timeout | undefined;
  let said = false;
  const end = (): void => void (clearTimeout(timer), (timer = undefined));
  return {
    isLost(): void {
      if (!said) out.note(`No connection to ${address}; trying again. The task goes on.`);
      said = true;
      timer ??= setTimeout(giveUp, giveUpSeconds * 1000);
    },
    /** Clawmoor is there, though its feed is not. */
    answers: end,
    isBack(): void {
      said = false;
      end();
    },
    end,
  };
}

function conclude({ say, style }: Output, task: Task | undefined): void {
  if (!task || task.state === 'queued' || task.state === 'running')
    throw new CliError(EXIT.failed, 'cli.feed_ended', {
      message: 'The feed of the task ended before the task did',
      fix: 'Follow it again.',
    });
  if (task.state === 'succeeded') return say(style('green', 'Done.'));
  say(style('red', `The task ${task.state === 'failed' ? 'has failed' : `was ${task.state}`}.`));
  if (task.error) say(`${plain(task.error.message)}\n  ${plain(task.error.fix ?? '')}`.trimEnd());
  say(`See what it said: clawmoor tasks log ${task.id}\nRepeat it: clawmoor tasks retry ${task.id}`);
  throw new Ended(EXIT.failed);
}

const lost = (address: string, id: string, seconds: number): CliError =>
  new CliError(EXIT.unreachable, 'cli.unreachable', {
    message: `${address} could not be reached for ${seconds} s`,
    fix: `The task goes on. Follow it later: clawmoor tasks --follow ${id}`,
  });
