import * as z from 'zod/mini';
import type { InstalledPlugin, InstallPlugin } from '@clawmoor/shared/openclaw-plugins.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { readOnHub } from './plugin-hub.ts';
import { askForPlugins, pluginOf, WirePlugin } from './plugins.ts';
import type { OfServer } from './sessions.ts';
import {
  pluginBuiltIn,
  pluginExists,
  pluginHubUnreachable,
  pluginMalicious,
  pluginNotFound,
  pluginNotFromHub,
  pluginNoVerdict,
  pluginUnchecked,
  pluginUnsuitable,
} from './plugins.problems.ts';
import { clip, isRefusal, understand } from './understand.ts';

// Its packages come from npm, and the gateway takes it up while it runs.
const INSTALL_WITHIN_MS = 240_000;

const Changed = z.object({ plugin: WirePlugin, warnings: z.optional(z.array(z.string())) });

/** What is installed is enabled at once: who installs it agrees to what it declares. */
export async function installPlugin(gateways: Gateways, of: OfServer, { source, id, confirm }: InstallPlugin): Promise<InstalledPlugin> {
  if (source === 'hub') {
    const { shown, source: place } = await readOnHub(gateways, of, id);
    checkVerdict(shown, confirm);
    return install(gateways, of, { name: shown.name, place, confirm });
  }
  const offered = (await askForPlugins(gateways, of)).find((plugin) => plugin.id === id);
  if (!offered) throw pluginNotFound(id);
  if (offered.installed !== false) throw pluginExists(id);
  if (!pluginOf(offered).installable) throw pluginNotFound(id);
  return install(gateways, of, { name: id, place: { source: 'official', pluginId: id }, confirm });
}

export async function updatePlugin(gateways: Gateways, of: OfServer, pluginId: string, confirm: boolean): Promise<InstalledPlugin> {
  const there = await installed(gateways, of, pluginId);
  if (!pluginOf(there).updatable || !there.catalogId) throw pluginNotFromHub(pluginId);
  const { shown, source: place } = await readOnHub(gateways, of, there.catalogId);
  checkVerdict(shown, confirm);
  return install(gateways, of, { name: shown.name, place: { ...place, mode: 'update' }, confirm });
}

export async function removePlugin(gateways: Gateways, of: OfServer, pluginId: string): Promise<void> {
  if (!pluginOf(await installed(gateways, of, pluginId)).removable) throw pluginBuiltIn(pluginId);
  await change(gateways, of, 'plugins.uninstall', { pluginId }).catch((error: unknown) => {
    if (isRefusal(error, /bundled plugin/i)) throw pluginBuiltIn(pluginId);
    throw isRefusal(error, /not found|not installed|unknown plugin/i) ? pluginNotFound(pluginId) : error;
  });
}

async function installed(gateways: Gateways, of: OfServer, pluginId: string): Promise<WirePlugin> {
  const there = (await askForPlugins(gateways, of)).find(({ id }) => id === pluginId);
  if (!there || there.installed === false) throw pluginNotFound(pluginId);
  return there;
}

function checkVerdict({ name, verdict }: { name: string; verdict: string }, confirm: boolean): void {
  if (verdict === 'malicious') throw pluginMalicious(name);
  if (verdict === 'unknown' && !confirm) throw pluginUnchecked(name);
}

async function install(
  gateways: Gateways,
  of: OfServer,
  { name, place, confirm }: { name: string; place: Record<string, string>; confirm: boolean },
): Promise<InstalledPlugin> {
  const params = { ...place, ...(confirm && { acknowledgeInstallPolicyWarning: true }) };
  const payload = await change(gateways, of, 'plugins.install', params).catch((error: unknown) => explain(error, name));
  const { plugin, warnings = [] } = understand(Changed, payload, 'a plugin');
  return { plugin: pluginOf(plugin), warning: clip(plain(warnings.join('\n')), 1_000) };
}

const change = (gateways: Gateways, { serverId, signal }: OfServer, method: string, params: Record<string, unknown>): Promise<unknown> =>
  gateways.request(serverId, { method, params, as: 'control', signal, timeoutMs: INSTALL_WITHIN_MS });

function explain(error: unknown, name: string): never {
  if (isRefusal(error, /blocked this release|blocked artifact|malicious/i)) throw pluginMalicious(name);
  if (isRefusal(error, /trust check/i)) throw pluginNoVerdict(name);
  if (isRefusal(error, /install policy|acknowledge/i)) throw pluginUnchecked(name);
  if (isRefusal(error, /already (exists|installed)/i)) throw pluginExists(name);
  if (isRefusal(error, /fetch failed|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|timed out/i)) throw pluginHubUnreachable();
  if (isRefusal(error, /\(404\)|not found/i)) throw pluginNotFound(name);
  if (isRefusal(error, /requires|compatib|integrity|unsupported|does not expose|no installable|invalid/i))
    throw pluginUnsuitable(error.message.replace(/^The gateway [^:]*: /, ''));
  throw error;
}

/** Without the frame that the gateway draws around a warning for a terminal. */
const plain = (said: string): string =>
  said
    .replace(/[\u2500-\u257f]/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
