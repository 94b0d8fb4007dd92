import { useQuery } from '@tanstack/react-query';
import { pluginRoutes as routes, type InstallPlugin } from '@clawmoor/shared/openclaw-plugins.ts';
import { useChange } from './queries.ts';
import { call } from './session.ts';

const ofServer = (id: string) => ['plugins', id] as const;
// What is installed changes what the hub's pages say of it, too.
const onHub = (id: string) => ['plugin-hub', id] as const;

export const usePlugins = (id: string) =>
  useQuery({
    queryKey: ofServer(id),
    queryFn: async ({ signal }) => (await call(routes.listPlugins, { id }, { signal })).plugins,
    staleTime: 30_000,
  });
export const usePlugin = (id: string, pluginId: string) =>
  useQuery({
    queryKey: [...ofServer(id), pluginId],
    queryFn: ({ signal }) => call(routes.readPlugin, { id, pluginId }, { signal }),
  });
export const useSetPlugin = (id: string, pluginId: string) =>
  useChange(
    ({ enabled, reviewToken }: { enabled: boolean; reviewToken: string | null }) =>
      call(routes.setPlugin, { id, pluginId, body: { enabled, ...(reviewToken !== null && { reviewToken }) } }),
    [ofServer(id)],
  );
export const useInstallPlugin = (id: string) =>
  useChange((body: InstallPlugin) => call(routes.installPlugin, { id, body }), [ofServer(id), onHub(id)]);
export const useUpdatePlugin = (id: string, pluginId: string) =>
  useChange((confirm: boolean) => call(routes.updatePlugin, { id, pluginId, body: { confirm } }), [ofServer(id)]);
export const useRemovePlugin = (id: string, pluginId: string) =>
  useChange(() => call(routes.removePlugin, { id, pluginId }), [ofServer(id), onHub(id)]);
export const usePluginHub = (id: string, query: string) =>
  useQuery({
    queryKey: [...onHub(id), query],
    queryFn: async ({ signal }) => (await call(routes.searchPluginHub, { id, query }, { signal })).plugins,
    enabled: query !== '',
    staleTime: 60_000,
  });
export const useHubPlugin = (id: string, hubId: string) =>
  useQuery({
    queryKey: [...onHub(id), 'one', hubId],
    queryFn: ({ signal }) => call(routes.readHubPlugin, { id, hubId }, { signal }),
  });
