import { QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '@clawmoor/shared/api.ts';
import type { NewAgent } from '@clawmoor/shared/openclaw.ts';
import type { NewServer } from '@clawmoor/shared/servers.ts';
import type { SetupRun } from '@clawmoor/shared/setup.ts';
import type { LogLine, Task } from '@clawmoor/shared/tasks.ts';
import type { Sent } from '@clawmoor/shared/route.ts';
import { ApiError } from './client.ts';
import { follow } from './events.ts';
import { call, currentToken } from './session.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server has decided is not asked again; what the network did is.
      retry: (count, error) => count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
    },
  },
});

export const keys = {
  servers: ['servers'] as const,
  server: (id: string) => ['servers', id] as const,
  gateway: (id: string) => ['gateway', id] as const,
  agents: (id: string) => ['agents', id] as const,
  prereqs: (id: string) => ['prereqs', id] as const,
  tasks: (id: string) => ['tasks', id] as const,
};

export const useHealth = () =>
  useQuery({ queryKey: ['health'], queryFn: ({ signal }) => call(api.readHealth, {}, { signal }), staleTime: Infinity });
export const useServers = () =>
  useQuery({
    queryKey: keys.servers,
    queryFn: async ({ signal }) => (await call(api.listServers, {}, { signal })).servers,
    refetchInterval: 15_000,
  });
export const useServer = (id: string) =>
  useQuery({ queryKey: keys.server(id), queryFn: ({ signal }) => call(api.readServer, { id }, { signal }), refetchInterval: 15_000 });
export const useGateway = (id: string) =>
  useQuery({
    queryKey: keys.gateway(id),
    queryFn: ({ signal }) => call(api.readGatewayStatus, { id }, { signal }),
    refetchInterval: 20_000,
  });
export const useAgents = (id: string, enabled = true) =>
  useQuery({ queryKey: keys.agents(id), queryFn: async ({ signal }) => (await call(api.listAgents, { id }, { signal })).agents, enabled });
export const usePrereqs = (id: string, enabled: boolean) =>
  useQuery({ queryKey: keys.prereqs(id), queryFn: ({ signal }) => call(api.checkPrereqs, { id }, { signal }), enabled, staleTime: 60_000 });
export const useTasks = (serverId: string) =>
  useQuery({
    queryKey: keys.tasks(serverId),
    queryFn: async ({ signal }) => (await call(api.listTasks, { serverId, limit: 10 }, { signal })).tasks,
    refetchInterval: 10_000,
  });

/** A change, and what to look at again after it. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>, stale: (input: Input) => readonly (readonly string[])[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: (_output, _error, input) =>
      Promise.all(stale(input).map((queryKey) => client.invalidateQueries({ queryKey: [...queryKey] }))),
  });
}

/** The same key for the same press of a button: a lost answer that is asked for again starts nothing twice. */
const once = () => ({ headers: { 'idempotency-key': crypto.randomUUID() } });

export const useAddServer = () =>
  useChange(
    (body: Sent<typeof api.addServer>['body']) => call(api.addServer, { body: body as NewServer }),
    () => [keys.servers],
  );
export const useTestServer = (id: string) =>
  useChange(
    () => call(api.testServer, { id, body: {} }),
    () => [keys.server(id), keys.servers],
  );
export const usePinHostKey = (id: string) =>
  useChange(
    (body: Sent<typeof api.pinHostKey>['body']) => call(api.pinHostKey, { id, body }),
    () => [keys.server(id)],
  );
export const useRemoveServer = (id: string) =>
  useChange(
    () => call(api.removeServer, { id }),
    () => [keys.servers],
  );
export const useRunSetup = (id: string) =>
  useChange(
    (body: SetupRun) => call(api.runSetup, { id, body }, once()),
    () => [keys.tasks(id), keys.server(id)],
  );
export const useRestart = (id: string) =>
  useChange(
    () => call(api.restartGateway, { id, body: {} }, once()),
    () => [keys.tasks(id), keys.gateway(id)],
  );
export const useCreateAgent = (id: string) =>
  useChange(
    (body: NewAgent) => call(api.createAgent, { id, body }),
    () => [keys.agents(id), keys.gateway(id)],
  );
export const useCancelTask = (id: string) =>
  useChange(
    () => call(api.cancelTask, { id, body: {} }),
    () => [],
  );
export const useRetryTask = (id: string) =>
  useChange(
    (secrets: Record<string, string>) => call(api.retryTask, { id, body: { secrets } }, once()),
    () => [['tasks']],
  );

export interface WatchedTask {
  task: Task | undefined;
  lines: LogLine[];
  state: 'connecting' | 'live' | 'waiting' | 'ended';
  error: ApiError | undefined;
}

// What the screen keeps; the whole log is one request away.
const MOST_LINES = 5_000;

/** A task as it happens; goes on by itself after a locked phone or a lost network. */
export function useTask(id: string): WatchedTask {
  const [watched, setWatched] = useState<WatchedTask>({ task: undefined, lines: [], state: 'connecting', error: undefined });
  useEffect(() => {
    const stop = new AbortController();
    setWatched({ task: undefined, lines: [], state: 'connecting', error: undefined });
    follow({
      route: api.watchTask,
      input: { id },
      token: currentToken,
      signal: stop.signal,
      onState: (state) => setWatched((before) => ({ ...before, state })),
      onEvent(event) {
        if (event.event === 'task') setWatched((before) => ({ ...before, task: event.data }));
        if (event.event === 'log') setWatched((before) => ({ ...before, lines: append(before.lines, event.data.lines) }));
        if (event.event === 'end') void queryClient.invalidateQueries();
      },
    }).then(
      () => setWatched((before) => ({ ...before, state: 'ended' })),
      (error: unknown) => setWatched((before) => ({ ...before, error: error instanceof ApiError ? error : new ApiError(0, {}) })),
    );
    return () => stop.abort();
  }, [id]);
  return watched;
}

function append(lines: LogLine[], more: LogLine[]): LogLine[] {
  const last = lines.at(-1)?.seq ?? 0;
  return [...lines, ...more.filter(({ seq }) => seq > last)].slice(-MOST_LINES);
}
