import * as z from 'zod/mini';
import type { HubPlugin, HubPluginDetail } from '@clawmoor/shared/openclaw-plugins.ts';
import type { Verdict } from '@clawmoor/shared/openclaw-skills.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { OfServer } from './sessions.ts';
import { pluginHubUnreachable, pluginNotFound } from './plugins.problems.ts';
import { clip, isRefusal, understand } from './understand.ts';

// A gateway that does not reach ClawHub tries for 14 s before it says so.
const HUB_WITHIN_MS = 8_000;
const MOST_FOUND = 30;

const text = z.optional(z.nullable(z.string()));
const words = z._default(z.array(z.string()), []);
const named = z._default(z.array(z.looseObject({ name: z.string() })), []);
const Entry = z.object({
  id: z.string(),
  catalog: z.object({
    name: z.string(),
    packageName: text,
    summary: text,
    author: text,
    official: z.optional(z.boolean()),
    latestVersion: text,
  }),
  local: z.optional(
    z.object({
      installed: z.optional(z.boolean()),
      pluginId: text,
      install: z.optional(z.object({ source: z.string(), pluginId: text })),
    }),
  ),
});
const Found = z.object({ items: z.array(Entry), remoteError: text });
const Detail = z.object({
  plugin: Entry,
  detail: z.object({
    origin: text,
    security: z.optional(z.nullable(z.object({ status: text, verdict: text, summary: text }))),
    channels: words,
    providers: words,
    mcpServers: words,
    skills: named,
  }),
});

/** Throws `plugin.hub_unreachable` within 8 s. */
export async function searchPluginHub(gateways: Gateways, of: OfServer, query: string): Promise<HubPlugin[]> {
  const payload = await ask(gateways, of, 'plugins.catalog.browse', { query, pageSize: MOST_FOUND });
  const { items, remoteError } = understand(Found, payload, 'a list of plugins');
  if (remoteError) throw pluginHubUnreachable();
  // What comes with OpenClaw stands in the list of plugins. A search says nothing of a verdict; the plugin's own page does.
  return items
    .filter(({ id }) => isFromHub(id))
    .slice(0, MOST_FOUND)
    .map((entry) => hubPluginOf(entry, 'unknown'));
}

export interface OnHub {
  shown: HubPluginDetail;
  /** How the gateway wants it named in an installation. */
  source: Record<string, string>;
}

/** Throws `plugin.not_found`, and within 8 s `plugin.hub_unreachable`. */
export async function readOnHub(gateways: Gateways, of: OfServer, hubId: string): Promise<OnHub> {
  if (!isFromHub(hubId)) throw pluginNotFound(hubId);
  const { plugin, detail } = understand(Detail, await ask(gateways, of, 'plugins.catalog.get', { id: hubId }), 'a plugin');
  // For one that is installed, the gateway answers by itself when ClawHub does not: without a verdict.
  if (detail.origin !== 'clawhub') throw pluginHubUnreachable();
  const { install } = plugin.local ?? {};
  const { packageName } = plugin.catalog;
  if (!packageName) throw pluginNotFound(hubId);
  const shown = {
    ...hubPluginOf(plugin, verdictOf(detail.security)),
    verdictText: clip(detail.security?.summary, 1_000),
    channels: few(detail.channels),
    providers: few(detail.providers),
    mcpServers: few(detail.mcpServers),
    skills: few(detail.skills.map(({ name }) => name)),
  };
  const official = install?.source === 'official' && install.pluginId ? { source: 'official', pluginId: install.pluginId } : undefined;
  return { shown, source: official ?? { source: 'clawhub', packageName } };
}

/** Clean only where somebody has said so. */
function verdictOf(security: z.output<typeof Detail>['detail']['security']): Verdict {
  const said = [security?.status, security?.verdict].map((word) => word?.toLowerCase() ?? '');
  if (said.some((word) => /malicious|malware|blocked|quarantined|revoked/.test(word))) return 'malicious';
  return said[0] === 'clean' && ['clean', ''].includes(said[1] ?? '') ? 'clean' : 'unknown';
}

// What the gateway knows without ClawHub has another beginning.
const isFromHub = (id: string): boolean => id.startsWith('ch_');

async function ask(
  gateways: Gateways,
  { serverId, as, signal }: OfServer,
  method: string,
  params: Record<string, unknown>,
): Promise<unknown> {
  try {
    return await gateways.request(serverId, { method, params, as, signal, timeoutMs: HUB_WITHIN_MS });
  } catch (error) {
    if (isRefusal(error, /\(404\)|unknown plugin discovery/i)) throw pluginNotFound(String(params['id'] ?? ''));
    if (isRefusal(error, /unavailable|fetch failed|timed out/i)) throw pluginHubUnreachable();
    throw error instanceof Problem && error.code === 'gateway.timeout' ? pluginHubUnreachable() : error;
  }
}

const few = (names: string[]): string[] => names.slice(0, 200).map((name) => name.slice(0, 128));

const hubPluginOf = ({ id, catalog, local }: z.output<typeof Entry>, verdict: Verdict): HubPlugin => ({
  id: id.slice(0, 300),
  name: catalog.name.slice(0, 128),
  summary: clip(catalog.summary, 500),
  version: clip(catalog.latestVersion, 64),
  owner: clip(catalog.author, 64),
  official: catalog.official ?? false,
  installed: local?.installed ?? false,
  pluginId: clip(local?.pluginId, 128),
  verdict,
});
