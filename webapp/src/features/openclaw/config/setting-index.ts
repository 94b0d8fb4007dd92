import { useEffect, useState } from 'react';
import type { ConfigSchema } from '@clawmoor/shared/openclaw-config.ts';
import { fetchConfigSchema } from '../../../api/config-queries.ts';

export type Setting = ConfigSchema['children'][number];

/** The sections of OpenClaw's configuration that people come for, in that order; one that a version does not have is left out. */
export const SECTIONS = [
  'agents',
  'models',
  'channels',
  'tools',
  'gateway',
  'session',
  'messages',
  'cron',
  'memory',
  'skills',
  'plugins',
  'hooks',
  'approvals',
  'browser',
  'commands',
  'logging',
  'auth',
  'env',
  'mcp',
  'talk',
  'discovery',
  'update',
  'diagnostics',
  'security',
  'secrets',
  'bindings',
  'ui',
] as const;

const AT_ONCE = 4;
const DEEPEST = 2;
const MOST_QUESTIONS = 300;

/** Every setting of the first levels with its help, asked for section by section while somebody searches. */
export function useSettingIndex(id: string, wanted: boolean): { settings: readonly Setting[]; complete: boolean } {
  const [index, setIndex] = useState<{ settings: readonly Setting[]; complete: boolean }>({ settings: [], complete: false });
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    setIndex({ settings: [], complete: false });
    void crawl(
      id,
      () => gone,
      (more) => setIndex((before) => ({ ...before, settings: [...before.settings, ...more] })),
    ).then(() => {
      if (!gone) setIndex((before) => ({ ...before, complete: true }));
    });
    return () => {
      gone = true;
    };
  }, [id, wanted]);
  return index;
}

async function crawl(id: string, gone: () => boolean, add: (settings: readonly Setting[]) => void): Promise<void> {
  const queue: { path: string; depth: number }[] = SECTIONS.map((path) => ({ path, depth: 1 }));
  let asked = 0;
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next && !gone() && asked < MOST_QUESTIONS; next = queue.shift()) {
      const { path, depth } = next;
      asked += 1;
      // A section that this version does not have.
      const found = await fetchConfigSchema(id, path).catch(() => undefined);
      const named = (found?.children ?? []).filter(({ key }) => key !== '*');
      if (gone()) return;
      add(named);
      if (depth < DEEPEST)
        queue.push(...named.filter(({ hasChildren }) => hasChildren).map((child) => ({ path: child.path, depth: depth + 1 })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Those that hold every word, the ones that are named so first. */
export function foundIn(settings: readonly Setting[], query: string): Setting[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const named = ({ path, label }: Setting): string => `${path} ${label ?? ''}`.toLowerCase();
  return settings
    .filter((setting) => words.every((word) => `${named(setting)} ${setting.help ?? ''}`.toLowerCase().includes(word)))
    .toSorted((a, b) => Number(words.every((word) => named(b).includes(word))) - Number(words.every((word) => named(a).includes(word))));
}
