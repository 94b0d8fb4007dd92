import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

export const PLUGIN = 'clawmoor-knowledge';
export const TOOL = 'knowledge_search';
export const SKILL = 'clawmoor-knowledge';
/** Below the home folder of the user who logs in, who also runs the gateway: the plugin and a token for each agent. */
export const KNOWLEDGE_FOLDER = '.clawmoor/knowledge';

export const pluginFolder = (home: string): string => `${home}/${KNOWLEDGE_FOLDER}/plugin`;
export const tokenFolder = (home: string): string => `${home}/${KNOWLEDGE_FOLDER}/tokens`;
export const tokenFile = (home: string, agentId: string): string => `${tokenFolder(home)}/${agentId}`;
/** What the agent runs where it has no plugin: one file, so that a list of allowed commands can name it. */
export const commandFile = (home: string, agentId: string): string => `${home}/${KNOWLEDGE_FOLDER}/commands/${agentId}`;
/** Where that command finds the service, and the agent's token. */
export const connectionFile = (home: string, agentId: string): string => `${home}/${KNOWLEDGE_FOLDER}/connections/${agentId}.json`;
export const skillFile = (workspace: string): string => `${workspace.replace(/\/+$/, '')}/skills/${SKILL}/SKILL.md`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A name that was added to a list of the gateway's configuration: what is to be taken out again. */
export const Allowed = z.object({ path: z.string(), name: z.string() });
export type Allowed = z.output<typeof Allowed>;

export interface Change {
  path: string;
  value: unknown;
}

type Config = Record<string, unknown>;

const at = (config: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), config);
const isObject = (value: unknown): value is Config => typeof value === 'object' && value !== null && !Array.isArray(value);
const listAt = (config: Config, keys: readonly string[]): string[] | undefined => {
  const value = at(config, keys);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;
};

const entryPath = `plugins.entries["${PLUGIN}"]`;

/** What the gateway's configuration lacks for the plugin to run, and for this agent to see the skill. */
export function changesForPlugin(config: Config, { agentId, home, port }: Wanted): { changes: Change[]; allows: Allowed[] } {
  const changes: Change[] = [];
  const allows: Allowed[] = [];
  const paths = listAt(config, ['plugins', 'load', 'paths']) ?? [];
  if (!paths.includes(pluginFolder(home))) changes.push({ path: 'plugins.load.paths', value: [...paths, pluginFolder(home)] });
  const entry = at(config, ['plugins', 'entries', PLUGIN]);
  // The folder of the tokens may be shown masked, for its name.
  const stands =
    at(entry, ['enabled']) === true && at(entry, ['config', 'port']) === port && at(entry, ['config', 'tokenDir']) !== undefined;
  if (!stands) changes.push({ path: entryPath, value: { enabled: true, config: { port, tokenDir: tokenFolder(home) } } });
  // A list that is not there allows everything.
  const plugins = listAt(config, ['plugins', 'allow']) ?? [];
  if (plugins.length > 0 && !plugins.includes(PLUGIN)) {
    changes.push({ path: 'plugins.allow', value: [...plugins, PLUGIN] });
    allows.push({ path: 'plugins.allow', name: PLUGIN });
  }
  const seen = changesForSkill(config, agentId);
  return { changes: [...changes, ...seen.changes], allows: [...allows, ...seen.allows] };
}

/** What the configuration lacks for this agent to see the skill. */
export function changesForSkill(config: Config, agentId: string): { changes: Change[]; allows: Allowed[] } {
  const own = listAt(config, ['agents', 'entries', agentId, 'skills']);
  // An agent's own list takes the place of the shared one; without either every skill is seen.
  const list = own ?? listAt(config, ['agents', 'defaults', 'skills']);
  if (!list || list.includes(SKILL)) return { changes: [], allows: [] };
  const path = `agents.entries.${agentId}.skills`;
  return { changes: [{ path, value: [...list, SKILL] }], allows: [{ path, name: SKILL }] };
}

interface Wanted {
  agentId: string;
  home: string;
  port: number;
}

/** Where the agent's rules leave the tool out, it is added to the narrowest of them. */
export function changesForTool(config: Config, agentId: string): { changes: Change[]; allows: Allowed[] } {
  const tools = ['agents', 'entries', agentId, 'tools'];
  const allow = listAt(config, [...tools, 'allow']);
  const key = allow ? 'allow' : 'alsoAllow';
  const own = allow ?? listAt(config, [...tools, 'alsoAllow']);
  // An agent's own list takes the place of the one that it would inherit.
  const list = own ?? listAt(config, ['tools', 'alsoAllow']) ?? [];
  if (list.includes(TOOL)) return { changes: [], allows: [] };
  const path = `agents.entries.${agentId}.tools.${key}`;
  return { changes: [{ path, value: [...list, TOOL] }], allows: [{ path, name: TOOL }] };
}

/** Takes out exactly the names that were added; with the last agent the plugin's own settings go as well. */
export function changesToRemove(
  config: Config,
  { allows, home, isLast }: { allows: readonly Allowed[]; home: string; isLast: boolean },
): Change[] {
  const changes: Change[] = [];
  for (const { path, name } of allows) {
    if (!isLast && path === 'plugins.allow') continue;
    const list = listAt(config, path.split('.'));
    if (!list?.includes(name)) continue;
    const rest = list.filter((one) => one !== name);
    changes.push({ path, value: rest });
  }
  if (!isLast) return changes;
  const paths = listAt(config, ['plugins', 'load', 'paths']) ?? [];
  const rest = paths.filter((one) => one !== pluginFolder(home));
  if (rest.length < paths.length) changes.push({ path: 'plugins.load.paths', value: rest });
  if (at(config, ['plugins', 'entries', PLUGIN]) !== undefined) changes.push({ path: entryPath, value: null });
  return changes;
}
