import type { pluginRoutes } from '@clawmoor/shared/openclaw-plugins.ts';
import { readOnHub, searchPluginHub } from '../features/openclaw/plugin-hub.ts';
import { installPlugin, removePlugin, updatePlugin } from '../features/openclaw/plugin-install.ts';
import { listPlugins, readPlugin, setPlugin } from '../features/openclaw/plugins.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Gateways } from '../lib/gateway.ts';

export function pluginHandlers({ gateways }: { gateways: Gateways }): Handlers<typeof pluginRoutes> {
  return {
    listPlugins: async ({ id }, { server, signal }) => ({
      plugins: await listPlugins(gateways, { serverId: id, as: server?.role ?? 'viewer', signal }),
    }),
    readPlugin: ({ id, pluginId }, { server, signal }) =>
      readPlugin(gateways, { serverId: id, as: server?.role ?? 'viewer', signal }, pluginId),
    setPlugin({ id, pluginId, body }, { signal, note }) {
      note({ target: pluginId, after: { enabled: body.enabled } });
      return setPlugin(gateways, { serverId: id, as: 'control', signal }, { pluginId, ...body });
    },
    searchPluginHub: async ({ id, query }, { server, signal }) => ({
      plugins: await searchPluginHub(gateways, { serverId: id, as: server?.role ?? 'viewer', signal }, query),
    }),
    readHubPlugin: async ({ id, hubId }, { server, signal }) =>
      (await readOnHub(gateways, { serverId: id, as: server?.role ?? 'viewer', signal }, hubId)).shown,
    installPlugin({ id, body }, { signal, note }) {
      note({ target: body.id, after: body });
      return installPlugin(gateways, { serverId: id, as: 'control', signal }, body);
    },
    updatePlugin({ id, pluginId, body }, { signal, note }) {
      note({ target: pluginId, after: body });
      return updatePlugin(gateways, { serverId: id, as: 'control', signal }, pluginId, body.confirm);
    },
    async removePlugin({ id, pluginId }, { signal, note }) {
      note({ target: pluginId });
      await removePlugin(gateways, { serverId: id, as: 'control', signal }, pluginId);
    },
  };
}
