import * as z from 'zod/mini';
import type { FileAnswer } from '@clawmoor/shared/route.ts';
import type { Upload } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import { Problem } from '../../lib/problem.ts';
import type { Ragd, RagdCall } from '../../lib/ragd.ts';
import type { RagAccess } from './access.ts';
import { agentNotFound, noFiles } from './rag.problems.ts';
import { agentsOf } from './agents-of.ts';
import type { Skills } from './skills.ts';
import { AgentWire, ImportedWire, KeptWire, RemovedWire } from './wire.ts';

/** An agent of a server, and whose wish it is. */
export interface OfAgent {
  serverId: string;
  agentId: string;
  by: string;
  signal: AbortSignal;
}

export type WithRagd = <T>(of: Omit<OfAgent, 'by'>, use: (ragd: Ragd, at: string) => Promise<T>) => Promise<T>;
export type Ask = <Schema extends z.ZodMiniType>(
  of: Omit<OfAgent, 'by'>,
  rest: string,
  call: Omit<RagdCall, 'path'> & { answers: Schema },
) => Promise<z.output<Schema>>;

export interface MovingParts {
  hosts: HostPool;
  gateways: Gateways;
  access: RagAccess;
  skills: Skills;
  clock: Clock;
  withRagd: WithRagd;
  ask: Ask;
  follow: (of: OfAgent, jobId: string) => Promise<string>;
}

export const AGENT = /^[a-z0-9][a-z0-9_-]{0,63}$/;
// A model is read from a slow disk, and a call to a provider goes round the world.
export const MODEL_WITHIN_MS = 90_000;
const IMPORT_WITHIN_MS = 15 * 60_000;

/** Taking a collection elsewhere, bringing it back, and its end. */
export function movingOf({ hosts, gateways, access, skills, clock, withRagd, ask, follow }: MovingParts) {
  return {
    async exportArchive({ serverId, agentId, signal }: Omit<OfAgent, 'by'>, withVectors: boolean): Promise<FileAnswer> {
      if (!AGENT.test(agentId)) throw agentNotFound(agentId.slice(0, 64));
      const { host, release } = await hosts.hold(serverId, { signal });
      try {
        const ragd = await access.open(host, serverId, signal);
        const stream = await ragd.download(`/agents/${agentId}/export?vectors=${withVectors ? 1 : 0}`);
        const day = iso(clock.now()).slice(0, 10);
        return { filename: `documents-${agentId}-${day}.tar.gz`, type: 'application/gzip', stream: releasing(stream, release) };
      } catch (error) {
        release();
        throw error;
      }
    },
    /** Throws `rag.archive_broken`, `rag.archive_not_empty`. */
    async importArchive(of: OfAgent, uploads: AsyncIterable<Upload>) {
      const { agentId, serverId, signal } = of;
      if (!(await agentsOf(gateways, serverId, signal)).some(({ id }) => id === agentId)) throw agentNotFound(agentId);
      const done = await withRagd(of, async (ragd, at) => {
        for await (const { stream } of uploads) {
          const call = { method: 'POST', path: `${at}/import`, content: stream, withinMs: IMPORT_WITHIN_MS } as const;
          return ragd.ask({ ...call, answers: ImportedWire });
        }
        throw noFiles();
      });
      return { imported: done.imported, taskId: await follow(of, done.jobId) };
    },

    /** The documents stay. */
    disconnect: (of: OfAgent): Promise<z.output<typeof KeptWire>> =>
      hosts.with(
        of.serverId,
        async (host) => {
          await ask(of, '', { method: 'GET', answers: AgentWire });
          await skills.withdraw({ host, ...of }, { wait: false });
          return ask(of, '/disconnect', { method: 'POST', answers: KeptWire });
        },
        { signal: of.signal },
      ),
    /** Nothing stays. Answers what was there. */
    remove: (of: OfAgent): Promise<z.output<typeof RemovedWire>> =>
      hosts.with(
        of.serverId,
        async (host) => {
          await ask(of, '', { method: 'GET', answers: z.object({}) }).catch((error: unknown) => {
            // One that cannot be opened can be deleted.
            if (!(error instanceof Problem) || error.code !== 'rag.agent_broken') throw error;
          });
          await skills.withdraw({ host, ...of }, { wait: false });
          return ask(of, '', { method: 'DELETE', withinMs: MODEL_WITHIN_MS, answers: RemovedWire });
        },
        { signal: of.signal },
      ),
  };
}

async function* releasing(stream: AsyncIterable<Buffer>, release: () => void): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } finally {
    release();
  }
}
