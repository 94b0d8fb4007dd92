import type { Task } from '@clawmoor/shared/tasks.ts';
import type { Output } from '../terminal/output.ts';
import { plain } from '../terminal/plain.ts';

type Step = Task['steps'][number];

/** Says each change of a task's steps once, on a line of its own. */
export function createStepLines(out: Output): (task: Task) => void {
  const said = new Map<string, Step['state']>();
  return ({ steps, stopping }) => {
    for (const step of steps) {
      if (said.get(step.key) === step.state) continue;
      said.set(step.key, step.state);
      const line = lineOf(step, out);
      if (line !== undefined) out.say(line);
    }
    const now = steps.find(({ state }) => state === 'running' || state === 'reconnecting');
    if (now) out.status(`… ${stopping ? 'Stopping: ' : ''}${now.title}`);
  };
}

function lineOf({ title, state, startedAt, finishedAt }: Step, { style, isTTY }: Output): string | undefined {
  const name = plain(title);
  const took = startedAt && finishedAt ? ` (${shortTime(Date.parse(finishedAt) - Date.parse(startedAt))})` : '';
  switch (state) {
    case 'waiting':
      return undefined;
    case 'running':
      // A terminal shows it on its last line while it lasts.
      return isTTY ? undefined : `… ${name}`;
    case 'reconnecting':
      return `${style('yellow', '↻')} ${name}: the connection to the server is lost; its work goes on`;
    case 'succeeded':
      return `${style('green', '✓')} ${name}${took}`;
    case 'skipped':
      return `${style('green', '✓')} ${name} (was so already)`;
    case 'failed':
      return `${style('red', '✗')} ${name}${took}`;
    case 'cancelled':
    case 'interrupted':
      return `${style('yellow', '–')} ${name}: ${state}`;
  }
}

/** `42 s`, `3 min 5 s`. */
export function shortTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
