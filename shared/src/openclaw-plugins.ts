import * as z from 'zod/mini';
import { Verdict } from './openclaw-skills.ts';
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
  /** What may be done with it: `official` ones that are not there yet are installed by their id, those from ClawHub updated; none that came with OpenClaw removed. */
  installable: z.boolean(),
  updatable: z.boolean(),
  removable: z.boolean(),
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

export const HubPlugin = z.object({
  /** ClawHub's name for it, as the gateway writes it. */
  id: z.string(),
  name: z.string(),
  summary: z.nullable(z.string()),
  version: z.nullable(z.string()),
  owner: z.nullable(z.string()),
  /** Made by OpenClaw's own people. */
  official: z.boolean(),
  installed: z.boolean(),
  /** Its id on this gateway, where it is there. */
  pluginId: z.nullable(z.string()),
  verdict: Verdict,
});
export type HubPlugin = z.output<typeof HubPlugin>;

/** With what it says that it brings. */
export const HubPluginDetail = z.extend(HubPlugin, {
  verdictText: z.nullable(z.string()),
  channels: words,
  providers: words,
  mcpServers: words,
  skills: words,
});
export type HubPluginDetail = z.output<typeof HubPluginDetail>;

/** Says that a plugin which nobody has checked is meant all the same. */
const Confirm = z._default(z.boolean(), false);
const Id = z.string().check(z.regex(/^[\w@.:-]{1,300}$/, 'the id of a plugin'));

/** `official`: one that OpenClaw offers itself, by its id in the list of plugins. `hub`: one of ClawHub, by its id there. */
export const InstallPlugin = z.strictObject({ source: z.enum(['hub', 'official']), id: Id, confirm: Confirm });
export type InstallPlugin = z.output<typeof InstallPlugin>;

const Installed = z.object({ plugin: Plugin, warning: z.nullable(z.string()) });
export type InstalledPlugin = z.output<typeof Installed>;

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
  searchPluginHub: route({
    method: 'get',
    path: '/servers/:id/openclaw/plugin-hub',
    summary: 'Plugins on ClawHub, as the server finds them',
    access: 'server:viewer',
    limit: 'read',
    query: z.strictObject({ query: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)) }),
    returns: z.object({ plugins: z.array(HubPlugin) }),
  }),
  readHubPlugin: route({
    method: 'get',
    path: '/servers/:id/openclaw/plugin-hub/:hubId',
    summary: 'A plugin on ClawHub, with its security verdict and what it brings',
    access: 'server:viewer',
    limit: 'read',
    returns: HubPluginDetail,
  }),
  installPlugin: route({
    method: 'post',
    path: '/servers/:id/openclaw/plugins/install',
    summary: 'Install a plugin: never a malicious one, an unchecked one only with `confirm`; it is enabled at once',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.plugin_install',
    body: InstallPlugin,
    returns: Installed,
  }),
  updatePlugin: route({
    method: 'post',
    path: '/servers/:id/openclaw/plugins/:pluginId/update',
    summary: 'Update a plugin that came from ClawHub, by the same rules',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.plugin_update',
    body: z.strictObject({ confirm: Confirm }),
    returns: Installed,
  }),
  removePlugin: route({
    method: 'delete',
    path: '/servers/:id/openclaw/plugins/:pluginId',
    summary: 'Remove a plugin that was installed; one that came with OpenClaw can only be disabled',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.plugin_remove',
    status: 204,
  }),
};
