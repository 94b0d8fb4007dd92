import { randomBytes } from 'node:crypto';
import type { OpenclawUpdate } from '@clawmoor/shared/openclaw-update.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { concrete, look, type RadarParts } from './radar.ts';
import { UPDATE } from './update.plan.ts';

export interface OpenclawUpdateParts extends RadarParts {
  tasks: Tasks;
}

export interface Wish {
  /** A version or a dist-tag. */
  wanted: string;
  by: string;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

export type OpenclawUpdates = ReturnType<typeof createOpenclawUpdates>;

/** The safe update of one server: what it would be, and the task that does it. */
export function createOpenclawUpdates({ tasks, ...parts }: OpenclawUpdateParts) {
  return {
    look: (serverId: string, wanted: string, signal: AbortSignal): Promise<OpenclawUpdate> => look(parts, serverId, wanted, signal),
    /** What a dist-tag means now. Throws `setup.node_unavailable`, `setup.version_not_found`. */
    versionOf: (wanted: string, signal: AbortSignal): Promise<string> => concrete(parts.nodePackages, wanted, signal),
    /** Answers the id of the task. Which version a dist-tag means is settled here, so that the task means one version to its end. */
    async start(serverId: string, { wanted, by, idempotencyKey, signal }: Wish): Promise<string> {
      const version = await concrete(parts.nodePackages, wanted, signal);
      const input = { id: randomBytes(8).toString('hex'), wanted, version };
      return tasks.start({ serverId, type: UPDATE, input, by, idempotencyKey });
    },
  };
}
