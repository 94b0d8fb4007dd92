import { Link } from 'wouter';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { useTask } from '../../api/task-feed.ts';
import { useCancelTask } from '../../api/task-queries.ts';
import { confirm } from '../../telegram/popup.ts';
import { task as text } from '../../words/en/task.ts';
import { number } from '../../words/words.ts';
import { Failed } from '../../ui/parts.tsx';
import { stepTitle } from '../../ui/step-title.ts';

/** What runs now, where it belongs: the step, how far it is, and a way to stop it. */
export function LiveTask({ task: first, mayStop, stopHelp }: { task: Task; mayStop: boolean; stopHelp: string }) {
  const task = useTask(first.id).task ?? first;
  const cancel = useCancelTask(first.id);
  const step = task.steps.find(({ state }) => state === 'running' || state === 'reconnecting');
  const percent = step?.percent ?? null;
  const name = (step && stepTitle(task, step)) ?? text.types[task.type] ?? task.type;
  const stop = async (): Promise<void> => {
    if (await confirm(stopHelp, text.stop)) cancel.mutate(undefined);
  };
  return (
    <section className="card" aria-label={text.types[task.type] ?? task.type}>
      <p className="line-between">
        <strong>{name}</strong>
        <span className="hint">{percent === null ? text.states[task.state] : number(percent / 100, { style: 'percent' })}</span>
      </p>
      <progress max={100} {...(percent !== null && { value: percent })} aria-label={name} />
      <div className="actions">
        <Link href={`/tasks/${task.id}`} className="button plain">
          {text.log}
        </Link>
        {mayStop && (
          <button
            type="button"
            className="button plain"
            disabled={task.stopping || cancel.isPending}
            aria-busy={task.stopping || cancel.isPending}
            onClick={() => void stop()}
          >
            {task.stopping ? text.stopping : text.stop}
          </button>
        )}
      </div>
      {cancel.isError && <Failed error={cancel.error} />}
    </section>
  );
}

/** The one of the newest tasks that is not over and of such a kind. */
export const openTask = (tasks: readonly Task[] | undefined, isMeant: (task: Task) => boolean): Task | undefined =>
  tasks?.find((task) => (task.state === 'queued' || task.state === 'running') && isMeant(task));
