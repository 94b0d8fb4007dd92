import { useQuery } from '@tanstack/react-query';
import type { Sent } from '@clawmoor/shared/route.ts';
import { serverRoutes, type NewServer, type Server } from '@clawmoor/shared/servers.ts';
import { keys, queryClient, useChange } from './queries.ts';
import { call } from './session.ts';

export const useServer = (id: string) =>
  useQuery({
    queryKey: keys.server(id),
    queryFn: ({ signal }) => call(serverRoutes.readServer, { id }, { signal }),
    // The list has shown it already: its page stands at once.
    placeholderData: () => queryClient.getQueryData<Server[]>(keys.servers)?.find((server) => server.id === id),
    refetchInterval: 15_000,
  });
export const useAddServer = () => useChange((body: NewServer) => call(serverRoutes.addServer, { body }), [keys.servers]);
export const useTestServer = (id: string) =>
  useChange(() => call(serverRoutes.testServer, { id, body: {} }), [keys.server(id), keys.servers, keys.gateway(id)]);
export const usePinHostKey = (id: string) =>
  useChange((body: Sent<typeof serverRoutes.pinHostKey>['body']) => call(serverRoutes.pinHostKey, { id, body }), [keys.server(id)]);
export const useRemoveServer = (id: string) => useChange(() => call(serverRoutes.removeServer, { id }), [keys.servers]);
