import type { OpenclawUpdate } from '@clawmoor/shared/openclaw-update.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import type { NodePackages } from '../../lib/node-packages.ts';
import { compareVersions, isVersion } from '../../lib/openclaw-version.ts';
import { Problem } from '../../lib/problem.ts';
import { askGateway } from './before.ts';
import { readChanges, type Changes } from './changelog.ts';
import { readFacts, type Facts } from './facts.ts';
import { block, judge, warn, type Item } from './rules.ts';

export interface RadarParts {
  hosts: HostPool;
  gateways: Gateways;
  nodePackages: NodePackages;
  tested: { from: string; to: string };
}

/** Looks at a server and at the registry, and says what an update would be. A registry that cannot be asked is an answer as well. */
export async function look(parts: RadarParts, serverId: string, wanted: string, signal: AbortSignal): Promise<OpenclawUpdate> {
  const { hosts, tested, nodePackages } = parts;
  const facts = await hosts.with(serverId, (host) => readFacts(host, signal), { signal });
  const installed = facts.installed ?? null;
  const target = await concrete(nodePackages, wanted, signal).catch(asMissing);
  const rest = { installed, tested, kept: facts.kept ?? null };
  if (typeof target !== 'string') {
    const item = block(
      'registry',
      'update.registry_silent',
      'no answer',
      `${target.message}, so whether there is a newer version is not known`,
      target.fix,
    );
    return { ...rest, verdict: 'block', updateAvailable: null, target: null, items: [item], breaking: [], changes: [] };
  }
  const items = await inspect(parts, { serverId, facts, target, signal });
  const newer = installed !== null && compareVersions(target, installed) > 0;
  const changes: Changes = newer
    ? await readChanges(nodePackages, installed, target, signal).catch((error: unknown) => unreadable(error, target))
    : { breaking: [], unread: [] };
  items.push(...changelogItems(newer, changes));
  const verdict = (['block', 'warn', 'pass'] as const).find((word) => items.some((item) => item.verdict === word)) ?? 'pass';
  return {
    ...rest,
    verdict,
    updateAvailable: newer,
    target,
    items,
    breaking: changes.breaking,
    changes: newer ? whatItDoes(installed, target) : [],
  };
}

/** The points without the changelog: what the task itself looks at before it begins. */
export async function inspect(
  { gateways, nodePackages, tested }: Omit<RadarParts, 'hosts'>,
  { serverId, facts, target, signal }: { serverId: string; facts: Facts; target: string; signal: AbortSignal },
): Promise<Item[]> {
  const [engine, gateway] = await Promise.all([
    nodePackages.engine('openclaw', target, signal).catch(asMissing),
    askGateway(gateways, serverId, signal).catch((error: unknown) => asMissing(error).message),
  ]);
  const items = judge({ facts, target, engine: typeof engine === 'object' ? undefined : engine, gateway, tested });
  if (typeof engine !== 'object') return items;
  return [
    ...items,
    engine.code === 'setup.version_not_found'
      ? block('registry', 'update.no_such_version', 'no such version', engine.message, engine.fix)
      : block('registry', 'update.registry_silent', 'no answer', engine.message, engine.fix),
  ];
}

/** A version as it is; a dist-tag as the version behind it now. */
export const concrete = async (nodePackages: NodePackages, wanted: string, signal: AbortSignal): Promise<string> =>
  isVersion(wanted) ? wanted : nodePackages.latest('openclaw', wanted, signal);

function asMissing(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

function unreadable(error: unknown, target: string): Changes {
  asMissing(error);
  return { breaking: [], unread: [target] };
}

function changelogItems(newer: boolean, { breaking, unread }: Changes): Item[] {
  if (!newer) return [];
  const items: Item[] = [];
  if (breaking.length > 0)
    items.push(
      warn(
        'changelog',
        'update.breaking',
        `${breaking.length} breaking`,
        'OpenClaw names changes that may need work of yours',
        'Read them before you update.',
      ),
    );
  if (unread.length > 0)
    items.push(
      warn(
        'changelog_unread',
        'update.changelog_unread',
        unread.join(', ').slice(0, 200),
        'The changelog of these versions has not been read',
        'Look again in a minute, or read it on their page.',
      ),
    );
  if (items.length === 0)
    items.push({
      key: 'changelog',
      code: 'update.changelog_fine',
      verdict: 'pass',
      value: 'nothing breaking',
      message: 'The changelogs name no breaking change',
    });
  return items;
}

const whatItDoes = (installed: string, target: string): string[] => [
  `A verified backup of OpenClaw is made first; it stays on the server.`,
  `OpenClaw ${target} is installed beside ${installed}, which runs meanwhile.`,
  `The gateway is stopped, its data is copied, and ${target} takes the place of ${installed}. Without service: half a minute to two minutes.`,
  `Clawmoor checks that the gateway is ready, answers, and has the same agents. If not, ${installed} runs again with its data as before.`,
  `${installed} is kept on the server; versions before it are removed.`,
];
