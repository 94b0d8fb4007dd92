import { useEffect, useState } from 'react';
import { follow } from '@clawmoor/shared/feed.ts';
import { taskRoutes, type LogLine, type Task } from '@clawmoor/shared/tasks.ts';
import { ApiError } from './client.ts';
import { queryClient } from './queries.ts';
import { call, currentToken, renewedToken } from './session.ts';

export interface WatchedTask {
  task: Task | undefined;
  lines: LogLine[];
  /** `waiting`: the feed is lost; `polled`: it cannot be had (a proxy holds it back), so the task is asked for instead. */
  state: 'connecting' | 'live' | 'waiting' | 'polled' | 'ended';
  error: ApiError | undefined;
}

const NOTHING: WatchedTask = { task: undefined, lines: [], state: 'connecting', error: undefined };
// What the screen keeps; the whole log is one request away.
const MOST_LINES = 5_000;
const PAGE = 1_000;

/** A task as it happens; goes on by itself after a locked phone or a lost network. */
export function useTask(id: string): WatchedTask {
  const [watched, setWatched] = useState(NOTHING);
  useEffect(() => {
    const stop = new AbortController();
    const change = (next: Partial<WatchedTask>): void => setWatched((before) => ({ ...before, ...next }));
    const add = (more: readonly LogLine[]): void => setWatched((before) => ({ ...before, lines: append(before.lines, more) }));
    setWatched(NOTHING);
    watch({ id, signal: stop.signal, change, add }).then(
      () => {
        if (stop.signal.aborted) return;
        change({ state: 'ended' });
        void queryClient.invalidateQueries();
      },
      (error: unknown) => change({ error: error instanceof ApiError ? error : new ApiError(-1, { error: String(error) }) }),
    );
    return () => stop.abort();
  }, [id]);
  return watched;
}

interface Watching {
  id: string;
  signal: AbortSignal;
  change: (next: Partial<WatchedTask>) => void;
  add: (lines: readonly LogLine[]) => void;
}

function watch({ id, signal, change, add }: Watching): Promise<void> {
  let seen = 0;
  const addLines = (lines: readonly LogLine[]): void => {
    seen = Math.max(seen, lines.at(-1)?.seq ?? 0);
    add(lines);
  };
  const readLog = async (): Promise<void> => {
    for (;;) {
      const { lines, nextAfter } = await call(taskRoutes.readTaskLog, { id, after: seen, limit: PAGE }, { signal });
      addLines(lines);
      seen = Math.max(seen, nextAfter);
      if (lines.length < PAGE) return;
    }
  };
  return follow({
    route: taskRoutes.watchTask,
    input: { id },
    token: currentToken,
    renew: renewedToken,
    signal,
    onState: (state) => change({ state }),
    onEvent({ event, data }) {
      if (event === 'task') change({ task: data });
      if (event === 'log') addLines(data.lines);
    },
    async poll() {
      const task = await call(taskRoutes.readTask, { id }, { signal });
      await readLog();
      change({ task, state: 'polled' });
      return task.finishedAt !== null;
    },
  });
}

function append(lines: LogLine[], more: readonly LogLine[]): LogLine[] {
  const last = lines.at(-1)?.seq ?? 0;
  return [...lines, ...more.filter(({ seq }) => seq > last)].slice(-MOST_LINES);
}
