import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { Task } from '@clawmoor/shared/tasks.ts';
import { useTask } from '../../api/task-feed.ts';
import { useCancelTask, useRetryTask } from '../../api/task-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { Field } from '../../ui/field.tsx';
import { Failed, Screen, StateWord, Waiting } from '../../ui/parts.tsx';
import { words } from '../../words/words.ts';
import { TaskLog } from './task-log.tsx';
import { TaskSteps } from './task-steps.tsx';

const text = words.task;

export function TaskPage({ id }: { id: string }) {
  const { task, lines, state, error } = useTask(id);
  const cancel = useCancelTask(id);
  const [, go] = useLocation();
  const open = task?.state === 'running' || task?.state === 'queued';
  const over = task && !open ? task.state : undefined;
  useEffect(() => {
    if (over) haptic(over === 'succeeded' ? 'success' : 'error');
  }, [over]);
  if (!task)
    return (
      <Screen title={words.app.name} back="/">
        {error ? <Failed error={error} /> : <Waiting />}
      </Screen>
    );
  const home = `/servers/${task.serverId}`;
  const main = open
    ? { text: task.stopping ? text.stopping : text.stop, press: () => cancel.mutate(undefined), busy: task.stopping || cancel.isPending }
    : task.state === 'succeeded'
      ? {
          text: task.type === 'setup.run' ? text.toAgents : text.toServer,
          press: () => go(task.type === 'setup.run' ? `${home}/agents` : home),
        }
      : undefined;
  return (
    <Screen title={text.types[task.type] ?? task.type} back={home} main={main}>
      <p role="status">
        <StateWord tone={over === 'succeeded' ? 'good' : over === undefined ? 'warn' : over === 'cancelled' ? 'idle' : 'bad'}>
          {text.states[task.state]}
        </StateWord>{' '}
        <span className="hint">
          {task.progress.done} / {task.progress.total}
        </span>
      </p>
      {open && <p className={state === 'waiting' ? 'notice warn' : 'notice'}>{state === 'waiting' ? text.lineLost : text.closeable}</p>}
      {open && <p className="hint">{text.stopHelp}</p>}
      <TaskSteps task={task} lines={lines} />
      {task.error && !open && (
        <div className="notice bad" role="alert">
          <strong>{task.error.message}</strong>
          {task.error.fix && <p>{task.error.fix}</p>}
          <p className="hint">
            {task.error.code} · {task.id}
          </p>
        </div>
      )}
      {cancel.isError && <Failed error={cancel.error} />}
      {!open && task.state !== 'succeeded' && <Retry task={task} />}
      <TaskLog lines={lines} startOpen={task.state === 'failed' || task.state === 'interrupted'} />
    </Screen>
  );
}

function Retry({ task }: { task: Task }) {
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const retry = useRetryTask(task.id);
  const [, go] = useLocation();
  const ready = task.secretsNeeded.every((name) => (secrets[name] ?? '') !== '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        retry.mutate(secrets, { onSuccess: ({ taskId }) => go(`/tasks/${taskId}`, { replace: true }) });
      }}
    >
      {task.secretsNeeded.length > 0 && <p>{text.retrySecrets}</p>}
      {task.secretsNeeded.map((name) => (
        <Field
          key={name}
          label={name === 'apiKey' ? words.setup.apiKey : name}
          type="password"
          autoComplete="off"
          value={secrets[name] ?? ''}
          onChange={({ target }) => setSecrets({ ...secrets, [name]: target.value })}
        />
      ))}
      {retry.isError && <Failed error={retry.error} />}
      <button type="submit" className="button wide" disabled={!ready || retry.isPending}>
        {text.retry}
      </button>
    </form>
  );
}
