import { QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { healthRoutes } from '@clawmoor/shared/health.ts';
import { serverRoutes, type Server } from '@clawmoor/shared/servers.ts';
import { ApiError } from './client.ts';
import { takeEarly } from './early.ts';
import { call } from './session.ts';

// What the home screen needs. The rest stands in a file per noun, so that it comes with the screens that use it.

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Web views are not to be trusted about their network: the request itself finds out.
      networkMode: 'always',
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

interface ServerList {
  servers: Server[];
}

export const useHealth = () =>
  useQuery({ queryKey: ['health'], queryFn: ({ signal }) => call(healthRoutes.readHealth, {}, { signal }), staleTime: Infinity });
export const useServers = () =>
  useQuery({
    queryKey: keys.servers,
    queryFn: async ({ signal }) =>
      ((await takeEarly<ServerList>('servers')) ?? (await call(serverRoutes.listServers, {}, { signal }))).servers,
    refetchInterval: 15_000,
  });

/** A change, and what to look at again after it. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>, stale: readonly (readonly string[])[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey: [...queryKey] }))),
  });
}

/** A key for one press of a button: a lost answer that is asked for again starts nothing twice. */
export function once(): { headers: Record<string, string> } {
  return { headers: { 'idempotency-key': randomKey() } };
}

// Not randomUUID: that is missing where the app is served without TLS.
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
