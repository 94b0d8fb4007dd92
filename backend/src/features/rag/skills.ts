import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Host } from '../../lib/host.ts';
import { createTurns } from '../../lib/one-at-a-time.ts';
import { Problem } from '../../lib/problem.ts';
import { Command, sh } from '../../lib/sh.ts';
import type { Database } from '../../lib/tables.ts';
import type { RagAccess } from './access.ts';
import { ragStore } from './rag.store.ts';
import {
  Allowed,
  changesToRemove,
  commandFile,
  connectionFile,
  KNOWLEDGE_FOLDER,
  pluginFolder,
  sha256,
  tokenFile,
  tokenFolder,
  type Change,
} from './skill.ts';

/** Changes the configuration of a gateway, keeping the way back that every change has. */
export interface ChangeConfig {
  /** `wanted` sees the configuration, secrets masked, and answers what is to change. Answers the task that watches a restart, where there is one. */
  (
    serverId: string,
    wanted: (config: Record<string, unknown>) => Change[] | Promise<Change[]>,
    by: string,
    signal: AbortSignal,
  ): Promise<string | null>;
}

export interface SkillsParts {
  db: Database;
  access: RagAccess;
  changeConfig: ChangeConfig;
  /** Waits for another task; throws what it failed with. */
  untilEnded: (taskId: string, signal: AbortSignal) => Promise<void>;
}

export interface Where {
  host: Host;
  serverId: string;
  agentId: string;
  by: string;
  signal: AbortSignal;
  log?: (line: string) => void;
}

export type Skills = ReturnType<typeof createSkills>;

const BUSY_WITHIN_MS = 120_000;

/** How agents search their documents: what was added to the gateway and the server for it, and how it is taken out again. */
export function createSkills({ db, access, changeConfig, untilEnded }: SkillsParts) {
  const store = ragStore(db);
  const inTurn = createTurns();

  /** One change of a server's configuration at a time; while something else restarts the gateway it waits. */
  async function change({ serverId, by, signal }: Where, wanted: Parameters<ChangeConfig>[1]): Promise<string | null> {
    const endAt = performance.now() + BUSY_WITHIN_MS;
    for (;;) {
      try {
        return await changeConfig(serverId, wanted, by, signal);
      } catch (error) {
        const busy = error instanceof Problem && error.code === 'task.lane_busy' ? error.taskId : undefined;
        if (busy === undefined || performance.now() > endAt) throw error;
        await untilEnded(busy, signal).catch(() => {});
        await delay(200, undefined, { signal });
      }
    }
  }

  return {
    store,
    /** Adds to the configuration, remembers what was added to whose lists, and waits until the gateway is back. */
    allow: (where: Where, wanted: (config: Record<string, unknown>) => { changes: Change[]; allows: Allowed[] }): Promise<void> =>
      inTurn(where.serverId, async () => {
        const { serverId, agentId, signal } = where;
        const watching = await change(where, async (config) => {
          const { changes, allows } = wanted(config);
          const row = await store.skill(serverId, agentId);
          // Before the change: after a crash in between it is taken out all the same.
          if (row && allows.length > 0) await store.setSkill({ ...row, allows: JSON.stringify(together(allowsOf(row.allows), allows)) });
          return changes;
        });
        if (watching !== null) await untilEnded(watching, signal);
      }),

    /** Takes out what was added. `wait`: until the gateway is back; without it a gateway that cannot be reached keeps no documents from being deleted. */
    withdraw: (where: Where, { wait }: { wait: boolean }): Promise<void> =>
      inTurn(where.serverId, async () => {
        const { host, serverId, agentId, signal, log = () => {} } = where;
        const home = await homeOf(host, signal);
        const files = [tokenFile, commandFile, connectionFile].map((fileOf) => sh`${fileOf(home, agentId)}`.text);
        await host.run(new Command(`rm -f ${files.join(' ')}`), { signal });
        await revoke(access, where);
        const row = await store.skill(serverId, agentId);
        if (!row) return;
        const kept = await removeSkillFile(host, row, signal);
        if (kept) log(`${row.skill_file} was changed by somebody: it stays.`);
        const others = (await store.skills(serverId)).filter((one) => one.agent_id !== agentId);
        const isLast = row.via === 'plugin' && others.every(({ via }) => via !== 'plugin');
        const allows = allowsOf(row.allows);
        const watching = await change(where, (config) => changesToRemove(config, { allows, home, isLast })).catch((error: unknown) => {
          if (wait || !isUnreachable(error)) throw error;
          return null;
        });
        if (isLast) await host.run(sh`rm -rf ${pluginFolder(home)} ${tokenFolder(home)}`, { signal });
        if (others.length === 0) await host.run(sh`rm -rf ${`${home}/${KNOWLEDGE_FOLDER}`}`, { signal });
        await store.removeSkill(serverId, agentId);
        if (wait && watching !== null) await untilEnded(watching, signal);
      }),
  };
}

const isUnreachable = (error: unknown): boolean => error instanceof Problem && error.code.startsWith('gateway.');

export const homeOf = async (host: Host, signal: AbortSignal): Promise<string> =>
  (await host.run(sh`printf '%s' "$HOME"`, { signal })).stdout.trim();

async function revoke(access: RagAccess, { host, serverId, agentId, signal }: Where): Promise<void> {
  const ragd = await access.open(host, serverId, signal);
  await ragd.ask({ method: 'DELETE', path: `/agents/${agentId}/token`, answers: z.object({}) }).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'rag.no_collection') throw error;
  });
}

/** Only as we wrote it. Answers whether a changed one was left. */
async function removeSkillFile(host: Host, row: { skill_file: string; skill_sha256: string }, signal: AbortSignal): Promise<boolean> {
  const text = await host.readFile(row.skill_file, { signal });
  if (text === undefined) return false;
  if (sha256(text) !== row.skill_sha256) return true;
  await host.run(sh`rm -f ${row.skill_file}; rmdir "$(dirname ${row.skill_file})" 2>/dev/null; :`, { signal });
  return false;
}

/** Written by `allow` alone. */
export const allowsOf = (json: string): Allowed[] => z.array(Allowed).parse(JSON.parse(json));

const together = (before: readonly Allowed[], added: readonly Allowed[]): Allowed[] => [
  ...before,
  ...added.filter(({ path, name }) => !before.some((one) => one.path === path && one.name === name)),
];
