import { ApiError } from '@clawmoor/shared/client.ts';
import { follow } from '@clawmoor/shared/feed.ts';
import { taskRoutes, type LogLine, type Task } from '@clawmoor/shared/tasks.ts';
import type { Context } from '../command.ts';
import { CliError, Ended, EXIT } from '../exit.ts';
import { INIT, type Session } from '../session/sessions.ts';
import { plain } from '../terminal/plain.ts';
import { createStepLines } from './step-lines.ts';

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
  const showSteps = createStepLines(out);
  let task: Task | undefined;
  let timer: NodeJS.Timeout | undefined;
  let refused = false;
  let seen = 0;
  onInterrupt(() => out.note(`The task goes on. Follow it: clawmoor tasks --follow ${id}\nStop it: clawmoor tasks cancel ${id}`));

  const showLines = (lines: readonly LogLine[]): void => {
    for (const line of lines) {
      if (line.seq <= seen) continue;
      seen = line.seq;
      if (log) out.say(`    ${out.style('dim', plain(line.text))}`);
    }
  };
  /** Lines that the feed has left out. */
  async function catchUp(): Promise<void> {
    for (let more = log && !out.json; more;) {
      const { lines } = await session.call(taskRoutes.readTaskLog, { id, after: seen, limit: PAGE }, { signal: stop });
      showLines(lines);
      more = lines.length === PAGE;
    }
  }
  let catchingUp = Promise.resolve();

  try {
    await follow({
      route: taskRoutes.watchTask,
      input: { id },
      origin: session.address,
      init: INIT,
      token: async () => session.token,
      async renew() {
        refused = true;
        return undefined;
      },
      signal: stop,
      onState(state) {
        if (state === 'live') return void (clearTimeout(timer), (timer = undefined));
        if (timer === undefined) out.note(`No connection to ${session.address}; trying again. The task goes on.`);
        timer ??= setTimeout(() => away.abort(), giveUpSeconds * 1000);
      },
      onEvent(event) {
        out.event(event);
        if (event.event === 'task') {
          task = event.data;
          showSteps(task);
        }
        if (event.event === 'log') showLines(event.data.lines);
        if (event.event === 'resync') catchingUp = catchingUp.then(catchUp);
      },
    });
    await catchingUp;
  } finally {
    clearTimeout(timer);
    out.clear();
  }
  signal.throwIfAborted();
  if (away.signal.aborted) throw lost(session.address, following);
  if (refused) throw new ApiError(401, { error: 'This token is not valid any more', code: 'auth.token_invalid' });
  conclude(out, task);
}

function conclude({ say, style }: Context['out'], task: Task | undefined): void {
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

const lost = (address: string, { id, giveUpSeconds = GIVE_UP_SECONDS }: Following): CliError =>
  new CliError(EXIT.unreachable, 'cli.unreachable', {
    message: `${address} could not be reached for ${giveUpSeconds} s`,
    fix: `The task goes on. Follow it later: clawmoor tasks --follow ${id}`,
  });
