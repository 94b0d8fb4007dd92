import type { Task, TaskState } from '@clawmoor/shared/tasks.ts';
import { task as text } from '../words/en/task.ts';
import { ago, fill } from '../words/words.ts';
import { LinkRow } from './list.tsx';
import { StateWord, type Tone } from './parts.tsx';

const TONES: Record<TaskState, Tone> = {
  queued: 'idle',
  running: 'warn',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'idle',
  interrupted: 'bad',
};

export const TaskStateWord = ({ state }: { state: TaskState }) => <StateWord tone={TONES[state]}>{text.states[state]}</StateWord>;

/** One task in a list: what, by whom, when, how it ended. */
export function TaskRow({ task }: { task: Task }) {
  return (
    <LinkRow href={`/tasks/${task.id}`} end={<TaskStateWord state={task.state} />}>
      {text.types[task.type] ?? task.type}
      <small>{fill(text.startedBy, { name: task.createdBy.firstName, time: ago(task.createdAt) })}</small>
    </LinkRow>
  );
}
