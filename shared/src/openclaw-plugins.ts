import * as z from 'zod/mini';
import { route } from './route.ts';

export const Plugin = z.object({
  id: z.string(),
  name: z.string(),
  description: z.nullable(z.string()),
  version: z.nullable(z.string()),
  origin: z.nullable(z.string()),
  category: z.nullable(z.string()),
  installed: z.boolean(),
  enabled: z.boolean(),
  state: z.nullable(z.string()),
});
export type Plugin = z.output<typeof Plugin>;

const words = z.array(z.string());
/** What a plugin may do, as it declares it. */
export const PluginDetail = z.extend(Plugin, {
  channels: words,
  providers: words,
  tools: words,
  hooks: words,
  mcpServers: words,
  commands: words,
  dangerousFlags: words,
  /** Says which declaration was looked at: `PUT` takes it where the gateway wants it confirmed. */
  reviewToken: z.nullable(z.string()),
});
export type PluginDetail = z.output<typeof PluginDetail>;

export const pluginRoutes = {
  listPlugins: route({
    method: 'get',
    path: '/servers/:id/openclaw/plugins',
    summary: 'The plugins of the gateway',
    access: 'server:viewer',
    returns: z.object({ plugins: z.array(Plugin) }),
  }),
  readPlugin: route({
    method: 'get',
    path: '/servers/:id/openclaw/plugins/:pluginId',
    summary: 'A plugin, and what it may do',
    access: 'server:viewer',
    returns: PluginDetail,
  }),
  setPlugin: route({
    method: 'put',
    path: '/servers/:id/openclaw/plugins/:pluginId',
    summary: 'Enable or disable a plugin',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.plugin_set',
    body: z.strictObject({ enabled: z.boolean(), reviewToken: z.optional(z.string().check(z.regex(/^[\w.-]{1,200}$/))) }),
    returns: z.object({ plugin: Plugin, restartRequired: z.boolean() }),
  }),
};
