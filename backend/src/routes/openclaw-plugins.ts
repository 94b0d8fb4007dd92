import type { pluginRoutes } from '@clawmoor/shared/openclaw-plugins.ts';
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
  };
}
