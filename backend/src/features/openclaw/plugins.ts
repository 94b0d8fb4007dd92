import * as z from 'zod/mini';
import type { Plugin, PluginDetail } from '@clawmoor/shared/openclaw-plugins.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { OfServer } from './sessions.ts';
import { pluginNotFound, pluginUnconfirmed } from './plugins.problems.ts';
import { clip, isRefusal, understand } from './understand.ts';

const text = z.optional(z.nullable(z.string()));
const words = z._default(z.array(z.string()), []);
export const WirePlugin = z.object({
  id: z.string(),
  name: text,
  description: text,
  version: text,
  origin: text,
  category: text,
  installed: z.optional(z.boolean()),
  enabled: z.optional(z.boolean()),
  state: text,
  removable: z.optional(z.boolean()),
  catalogId: text,
  install: z.optional(z.object({ source: z.string() })),
});
export type WirePlugin = z.output<typeof WirePlugin>;
const List = z.object({ plugins: z.array(WirePlugin) });
const Inspected = z.object({
  plugin: WirePlugin,
  declared: z.object({
    channels: words,
    providers: words,
    tools: words,
    hooks: words,
    mcpServers: words,
    cliCommands: words,
    dangerousConfigFlags: words,
  }),
  reviewToken: text,
});
const Changed = z.object({ plugin: WirePlugin, restartRequired: z.optional(z.boolean()) });
const MOST_PLUGINS = 1_000;

export const listPlugins = async (gateways: Gateways, of: OfServer): Promise<Plugin[]> => (await askForPlugins(gateways, of)).map(pluginOf);

/** As the gateway says it. */
export async function askForPlugins(gateways: Gateways, { serverId, as, signal }: OfServer): Promise<WirePlugin[]> {
  const payload = await gateways.request(serverId, { method: 'plugins.list', as, signal });
  return understand(List, payload, 'a list of plugins').plugins.slice(0, MOST_PLUGINS);
}

export async function readPlugin(gateways: Gateways, { serverId, as, signal }: OfServer, pluginId: string): Promise<PluginDetail> {
  const call = { method: 'plugins.inspect', params: { pluginId }, as, signal };
  const payload = await gateways.request(serverId, call).catch((error: unknown) => explain(error, pluginId));
  const { plugin, declared, reviewToken } = understand(Inspected, payload, 'a plugin');
  return {
    ...pluginOf(plugin),
    channels: few(declared.channels),
    providers: few(declared.providers),
    tools: few(declared.tools),
    hooks: few(declared.hooks),
    mcpServers: few(declared.mcpServers),
    commands: few(declared.cliCommands),
    dangerousFlags: few(declared.dangerousConfigFlags),
    reviewToken: clip(reviewToken, 200),
  };
}

/** `reviewToken` says that what the plugin may do was read. Throws `plugin.unconfirmed` where the gateway wants it and has it not. */
export async function setPlugin(
  gateways: Gateways,
  { serverId, signal }: OfServer,
  { pluginId, enabled, reviewToken }: { pluginId: string; enabled: boolean; reviewToken?: string | undefined },
): Promise<{ plugin: Plugin; restartRequired: boolean }> {
  const params = { pluginId, enabled, ...(reviewToken !== undefined && { acknowledgeCapabilities: { reviewToken } }) };
  const call = { method: 'plugins.setEnabled', params, as: 'control', signal } as const;
  const payload = await gateways.request(serverId, call).catch((error: unknown) => explain(error, pluginId));
  const { plugin, restartRequired = false } = understand(Changed, payload, 'a plugin');
  return { plugin: pluginOf(plugin), restartRequired };
}

function explain(error: unknown, pluginId: string): never {
  if (isRefusal(error, /not found|not installed|unknown plugin/i)) throw pluginNotFound(pluginId);
  if (isRefusal(error, /capabilit|reviewToken|acknowledge/i)) throw pluginUnconfirmed();
  throw error;
}

const few = (names: string[]): string[] => names.slice(0, 200).map((name) => name.slice(0, 128));

export const pluginOf = ({ id, installed = true, enabled = false, removable = false, install, ...said }: WirePlugin): Plugin => ({
  id: id.slice(0, 128),
  name: clip(said.name, 128) ?? id.slice(0, 128),
  description: clip(said.description, 1_000),
  version: clip(said.version, 64),
  origin: clip(said.origin, 64),
  category: clip(said.category, 64),
  installed,
  enabled,
  state: clip(said.state, 64),
  installable: !installed && install?.source === 'official',
  updatable: installed && removable && Boolean(said.catalogId),
  removable: installed && removable,
});
