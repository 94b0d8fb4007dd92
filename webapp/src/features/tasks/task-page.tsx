import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { LogLine, Task } from '@clawmoor/shared/tasks.ts';
import { useAgents } from '../../api/openclaw-queries.ts';
import { useServer } from '../../api/server-queries.ts';
import { useTask, type WatchedTask } from '../../api/task-feed.ts';
import { useCancelTask } from '../../api/task-queries.ts';
import { haptic, type MainAction } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { plainText } from '../../ui/log-rows.ts';
import { LogView } from '../../ui/log-view.tsx';
import { CopyLine, Failed, Waiting } from '../../ui/parts.tsx';
import { Screen } from '../../ui/screen.tsx';
import { TaskStateWord } from '../../ui/task-row.tsx';
import { task as text } from '../../words/en/task.ts';
import { sentenceOf } from '../../words/problems.ts';
import { duration } from '../../words/duration.ts';
import { ago, fill, plural, words } from '../../words/words.ts';
import { Retry } from './retry.tsx';
import { TaskSteps } from './task-steps.tsx';

export function TaskPage({ id }: { id: string }) {
  const watched = useTask(id);
  if (watched.task) return <TaskDetails watched={watched} task={watched.task} />;
  return <Screen title={text.title}>{watched.error ? <Failed error={watched.error} /> : <Waiting />}</Screen>;
}

function TaskDetails({ watched: { lines, state, error }, task }: { watched: WatchedTask; task: Task }) {
  const mayChange = useServer(task.serverId).data?.role !== 'viewer';
  const cancel = useCancelTask(task.id);
  const [, go] = useLocation();
  const home = `/servers/${task.serverId}`;
  const open = task.state === 'running' || task.state === 'queued';
  useResultHaptic(task.state, open);
  const hello = useHello(task, home);
  const askToStop = async (): Promise<void> => {
    if (await confirm(text.stopAsk, text.stop)) cancel.mutate(undefined);
  };
  const main: MainAction | undefined =
    open && mayChange
      ? { text: task.stopping ? text.stopping : text.stop, press: () => void askToStop(), busy: task.stopping || cancel.isPending }
      : task.state === 'succeeded'
        ? task.type === 'setup.run'
          ? hello
          : { text: text.toServer, press: () => go(home, { replace: true }) }
        : undefined;
  return (
    <Screen title={text.types[task.type] ?? task.type} back={home} main={main}>
      <p className="line-between" role="status">
        <TaskStateWord state={task.state} />
        <span className="hint">
          {fill(text.progress, { done: String(task.progress.done), total: String(task.progress.total) })}
          {task.startedAt !== null && task.finishedAt !== null && ` · ${duration(task.startedAt, task.finishedAt, 0)}`}
        </span>
      </p>
      <progress max={Math.max(1, task.progress.total)} value={task.progress.done} aria-label={text.title} />
      {open && <Line state={state} />}
      {error && <Failed error={error} />}
      <TaskSteps task={task} lines={lines} />
      {!open && task.error && <TaskProblem task={task} />}
      {cancel.isError && <Failed error={cancel.error} />}
      {!open && task.state !== 'succeeded' && mayChange && <Retry task={task} />}
      <TaskLog lines={lines} startOpen={task.state === 'failed' || task.state === 'interrupted'} />
      <p className="hint under">
        {fill(text.startedBy, { name: task.createdBy.firstName, time: ago(task.createdAt) })}. {open && mayChange && text.stopHelp}
      </p>
    </Screen>
  );
}

/** After a setup the obvious next thing is to talk to the agent that it has made. */
function useHello(task: Task, home: string): MainAction {
  const agents = useAgents(task.serverId, task.type === 'setup.run' && task.state === 'succeeded');
  const [, go] = useLocation();
  const first = agents.data?.find(({ isDefault }) => isDefault);
  if (agents.isLoading) return { text: text.sayHello, press: () => undefined, busy: true };
  return first
    ? { text: text.sayHello, press: () => go(`${home}/agents/${first.id}/chat`, { replace: true }) }
    : { text: text.toAgents, press: () => go(`${home}/agents`, { replace: true }) };
}

/** Only for what ends while it is looked at, not for a task that was over long ago. */
function useResultHaptic(state: Task['state'], open: boolean): void {
  const [wasOpen] = useState(open);
  useEffect(() => {
    if (wasOpen && !open) haptic(state === 'succeeded' ? 'success' : 'error');
  }, [wasOpen, open, state]);
}

function Line({ state }: { state: WatchedTask['state'] }) {
  const lost = state === 'waiting';
  return (
    <p className={lost ? 'notice warn' : 'notice'} role="status">
      {lost ? text.lineLost : state === 'polled' ? text.polled : text.closeable}
    </p>
  );
}

function TaskProblem({ task }: { task: Task }) {
  if (!task.error) return null;
  const { message, fix, original } = sentenceOf(task.error);
  return (
    <div className="notice bad" role="alert">
      <strong>{message}</strong>
      {fix !== undefined && <p>{fix}</p>}
      <details>
        <summary>{words.app.details}</summary>
        {original !== undefined && (
          <p className="hint">
            {words.failed.original}: <bdi>{original}</bdi>
          </p>
        )}
        <CopyLine text={`${task.error.code} · ${task.id}`} />
      </details>
    </div>
  );
}

function TaskLog({ lines, startOpen }: { lines: readonly LogLine[]; startOpen: boolean }) {
  const [open, setOpen] = useState(startOpen);
  useEffect(() => setOpen((before) => before || startOpen), [startOpen]);
  const rows = useMemo(() => lines.map(({ seq, at, text: line }) => ({ key: seq, at, text: plainText(line) })), [lines]);
  return (
    <details className="card" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {text.log} <span className="hint">{plural(text.lineCount, lines.length)}</span>
      </summary>
      {open && <LogView label={text.log} rows={rows} />}
    </details>
  );
}
