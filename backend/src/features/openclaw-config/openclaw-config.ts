import type { ConfigApplied, ConfigChange, ConfigPreview, ConfigSchema, ConfigWish } from '@clawmoor/shared/openclaw-config.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import type { MakeId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import type { Database } from '../../lib/tables.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { configChangesStore, type ChangeRow } from './config-changes.store.ts';
import { copyConfig, forgetCopy } from './config-copy.ts';
import { differencesOf, inverseOf, patchOf, stillStands, type Difference, type Wish } from './config-diff.ts';
import { keysOf, valueAt } from './config-path.ts';
import { exposes, risksOf } from './config-risks.ts';
import { masked, type Json } from './config-values.ts';
import { gatewayConfig } from './gateway-config.ts';
import { WATCH } from './watch.plan.ts';
import { changedMeanwhile, changeNotFound, exposed, notUndoable, underWay } from './openclaw-config.problems.ts';

export interface OpenclawConfigParts {
  db: Database;
  clock: Clock;
  makeId: MakeId;
  gateways: Gateways;
  hosts: HostPool;
  tasks: Tasks;
}

export type OpenclawConfig = ReturnType<typeof createOpenclawConfig>;

interface Request {
  wishes: readonly Wish[];
  baseHash: string;
  confirmExposed: boolean;
  by: string;
  undoes?: ChangeRow;
}

export interface Applied extends ConfigApplied {
  /** With secrets masked. */
  differences: Difference[];
}

/** The configuration of a gateway: read, explained, changed with a way back. */
export function createOpenclawConfig({ db, clock, makeId, gateways, hosts, tasks }: OpenclawConfigParts) {
  const store = configChangesStore(db);
  const gateway = gatewayConfig(gateways);

  /** Old configuration kept on the server, row, patch, row again, watch: a crash between any two of them leads back to the row. */
  async function apply(
    serverId: string,
    { wishes: asked, baseHash, confirmExposed, by, undoes }: Request,
    signal: AbortSignal,
  ): Promise<Applied> {
    const busy = (await tasks.active([serverId])).find(({ lane }) => lane === 'system' || lane === 'config');
    if (busy) throw underWay(busy.id);
    const current = await gateway.read(serverId, signal);
    if (current.hash !== baseHash) throw changedMeanwhile();
    const patch = patchOf(current.config, asked);
    const { wishes } = patch;
    if (wishes.length === 0) return { hash: current.hash, changeId: null, restarts: false, taskId: null, differences: [] };
    if (!confirmExposed && exposes(current.config, wishes)) throw exposed();
    const bootId = (await gateways.bootOf(serverId, { signal })) ?? null;
    const id = makeId('cfg');
    await copyConfig(hosts, serverId, id, signal);
    const row = { id, server_id: serverId, at: clock.now(), by_user: by, boot_id: bootId, undoes: undoes?.id ?? null };
    await store.add({ ...row, changes: '[]', restarts: 0, state: 'pending' });
    const result = await gateway.patch(serverId, patch, baseHash).catch(async (error: unknown) => {
      // Where the answer was lost, the patch may have arrived: the row stays, and is looked at like one that a crash left.
      if (!(error instanceof Problem) || LOST.has(error.code))
        await watch({ ...row, changes: '[]', restarts: 1, state: 'pending' }).catch(() => {});
      else await Promise.all([store.remove(id), forgetCopy(hosts, serverId, id)]);
      throw error;
    });
    const differences = differencesOf(current.config, result.config, wishes);
    if (result.noop || differences.length === 0) {
      await Promise.all([store.remove(id), forgetCopy(hosts, serverId, id)]);
      return { hash: result.hash, changeId: null, restarts: false, taskId: null, differences: [] };
    }
    const state = result.restarts ? 'watched' : 'applied';
    const changed = { changes: JSON.stringify(differences), restarts: result.restarts ? 1 : 0, state } as const;
    await store.update(id, changed);
    if (undoes) await store.update(undoes.id, { state: 'undone' });
    const taskId = result.restarts ? await watch({ ...row, ...changed }) : null;
    if (!result.restarts) await forgetCopy(hosts, serverId, id);
    return { hash: result.hash, changeId: id, restarts: result.restarts, taskId, differences };
  }

  const watch = (row: ChangeRow): Promise<string> =>
    tasks.start({
      serverId: row.server_id,
      type: WATCH,
      input: { changeId: row.id, bootId: row.boot_id },
      by: row.by_user,
      idempotencyKey: `watch ${row.id}`,
    });

  async function explained(
    serverId: string,
    config: Json,
    wishes: readonly Wish[],
    signal: AbortSignal,
  ): Promise<ConfigPreview['changes']> {
    return Promise.all(
      wishes.map(async ({ path, value }) => {
        const keys = keysOf(path);
        const { reload, isSecret } = await gateway.schema(serverId, path, signal);
        return {
          path,
          before: masked(valueAt(config, keys), keys) ?? null,
          after: isSecret ? masked(value, ['secret']) : masked(value, keys),
          reload,
          isSecret,
        };
      }),
    );
  }

  return {
    async read(serverId: string, signal: AbortSignal): Promise<{ config: Json; hash: string }> {
      const { config, hash } = await gateway.read(serverId, signal);
      return { config: masked(config) as Json, hash }; // an object stays one
    },
    schema: (serverId: string, path: string, signal: AbortSignal): Promise<ConfigSchema> => gateway.schema(serverId, path, signal),
    async preview(serverId: string, asked: readonly Wish[], signal: AbortSignal): Promise<ConfigPreview> {
      const { config } = await gateway.read(serverId, signal);
      const { wishes } = patchOf(config, asked);
      const changes = await explained(serverId, config, wishes, signal);
      return { changes, restarts: changes.some(({ reload }) => reload === 'restart'), risks: risksOf(config, wishes) };
    },
    change: (
      serverId: string,
      { baseHash, changes, confirmExposed = false }: ConfigWish,
      by: string,
      signal: AbortSignal,
    ): Promise<Applied> => apply(serverId, { wishes: changes, baseHash, confirmExposed, by }, signal),
    async history(serverId: string): Promise<ConfigChange[]> {
      return (await store.list(serverId)).map(({ id, at, by_user, first_name, changes, restarts, state, undoes }) => {
        const differences = differencesIn(changes);
        return {
          id,
          at: iso(at),
          by: { userId: by_user, firstName: first_name },
          changes: differences.map(({ path, before = null, after = null }) => ({ path, before, after })),
          restarts: restarts === 1,
          state: state === 'pending' ? 'watched' : state,
          undoes,
          undoable: state === 'applied' && inverseOf(differences) !== undefined,
        };
      });
    },
    /** Throws `config.change_not_found`, `config.not_undoable`, `config.changed_meanwhile` where somebody set another value since. */
    async undo(serverId: string, changeId: string, by: string, signal: AbortSignal): Promise<Applied> {
      const row = await store.get(changeId);
      if (!row || row.server_id !== serverId) throw changeNotFound();
      const differences = differencesIn(row.changes);
      const wishes = row.state === 'applied' ? inverseOf(differences) : undefined;
      if (!wishes) throw notUndoable();
      const { config, hash } = await gateway.read(serverId, signal);
      if (!stillStands(config, differences)) throw changedMeanwhile();
      // What it goes back to, it had before: nothing to confirm again.
      return apply(serverId, { wishes, baseHash: hash, confirmExposed: true, by, undoes: row }, signal);
    },
    /** Once at start: what an earlier process had begun is watched to its end. */
    async resume(): Promise<void> {
      for (const row of await store.unsettled()) await watch(row);
    },
  };
}

/** After these nobody knows whether the patch arrived. */
const LOST = new Set(['gateway.down', 'gateway.timeout', 'gateway.bad_answer', 'ssh.connection_lost']);

/** Written by `apply` alone. */
const differencesIn = (json: string): Difference[] => JSON.parse(json);
