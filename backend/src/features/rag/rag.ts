import * as z from 'zod/mini';
import type { RagConfigure, RagConnection, RagVia } from '@clawmoor/shared/rag-agents.ts';
import type { RagAnswer, RagFile } from '@clawmoor/shared/rag-documents.ts';
import type { RagHealth } from '@clawmoor/shared/rag.ts';
import type { Upload } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { HostPool } from '../../lib/host.ts';
import type { MakeId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import type { RagdBundle } from '../../lib/ragd.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { RagAccess } from './access.ts';
import { connectionOf } from './connections.ts';
import { takeFiles } from './documents.ts';
import { AGENT, MODEL_WITHIN_MS, movingOf, type Ask, type OfAgent, type WithRagd } from './moving.ts';
import { readHealth } from './health.ts';
import { INSTALL } from './install.plan.ts';
import { FOLLOW, REINDEX } from './jobs.plan.ts';
import { agentNotFound, bundleMissing, noFiles } from './rag.problems.ts';
import { DISABLE, ENABLE } from './skill.plans.ts';
import { agentsOf, type GatewayAgent } from './agents-of.ts';
import type { Skills } from './skills.ts';
import { TRIED_AGENT } from './steps/try.step.ts';
import { AgentsWire, AgentWire, AnswerWire, EvalWire, FilesWire, JobsWire, PassagesWire } from './wire.ts';

export interface RagParts {
  hosts: HostPool;
  tasks: Tasks;
  gateways: Gateways;
  access: RagAccess;
  skills: Skills;
  bundle: () => RagdBundle | undefined;
  clock: Clock;
  makeId: MakeId;
  kindOf: (serverId: string) => Promise<'ssh' | 'trial'>;
}

export interface Submitted {
  by: string;
  idempotencyKey: string | undefined;
}

export type Rag = ReturnType<typeof createRag>;

const EVAL_WITHIN_MS = 10 * 60_000;
const PAGE = 50;

/** The document search of the managed servers: what is there, and the tasks that change it. */
export function createRag({ hosts, tasks, gateways, access, skills, bundle, clock, makeId, kindOf }: RagParts) {
  /** Lends the service of a server. An id that no agent can have is not asked for at all. */
  const withRagd: WithRagd = async ({ serverId, agentId, signal }, use) => {
    if (!AGENT.test(agentId) || agentId === TRIED_AGENT) throw agentNotFound(agentId.slice(0, 64));
    return hosts.with(serverId, async (host) => use(await access.open(host, serverId, signal), `/agents/${agentId}`), { signal });
  };
  const ask: Ask = (of, rest, call) => withRagd(of, (ragd, at) => ragd.ask({ ...call, path: `${at}${rest}` }));

  const follow = ({ serverId, agentId, by }: OfAgent, jobId: string): Promise<string> =>
    tasks.start({ serverId, type: FOLLOW, input: { agentId, jobId }, by });

  /** `undefined` where the gateway cannot be asked: the documents are there all the same. */
  async function agentsIn(serverId: string, signal: AbortSignal): Promise<GatewayAgent[] | undefined> {
    try {
      return await agentsOf(gateways, serverId, signal);
    } catch (error) {
      if (error instanceof Problem && error.code.startsWith('gateway.')) return undefined;
      throw error;
    }
  }

  async function shown({ serverId, signal }: Omit<OfAgent, 'by'>, found: AgentWire): Promise<RagConnection> {
    const [agents, skill] = [await agentsIn(serverId, signal), await skills.store.skill(serverId, found.id)];
    return connectionOf(found, { agents, skill });
  }

  return {
    async install(serverId: string, { by, idempotencyKey }: Submitted): Promise<string> {
      if (!bundle()) throw bundleMissing();
      const trial = (await kindOf(serverId)) === 'trial';
      return tasks.start({ serverId, type: INSTALL, input: { trial }, by, idempotencyKey });
    },
    async health(serverId: string, signal: AbortSignal): Promise<RagHealth> {
      const trial = (await kindOf(serverId)) === 'trial';
      return hosts.with(serverId, (host) => readHealth({ host, serverId, signal, trial, access, offered: bundle()?.version }), { signal });
    },
    async connections(serverId: string, signal: AbortSignal): Promise<RagConnection[]> {
      const { agents: found } = await hosts.with(
        serverId,
        async (host) => (await access.open(host, serverId, signal)).ask({ method: 'GET', path: '/agents', answers: AgentsWire }),
        { signal },
      );
      const [agents, rows] = [await agentsIn(serverId, signal), await skills.store.skills(serverId)];
      return found
        .filter(({ id }) => id !== TRIED_AGENT)
        .map((one) => connectionOf(one, { agents, skill: rows.find(({ agent_id: id }) => id === one.id) }));
    },

    /** Throws `agent.not_found` for an agent that is neither in the gateway nor has a collection; `rag.embedding_*`, `rag.model_missing`. */
    async configure(
      of: OfAgent,
      { embedding, chunk, weight }: RagConfigure,
    ): Promise<{ connection: RagConnection; taskId: string | null }> {
      const { agentId, serverId, signal } = of;
      const before = await ask(of, '', { method: 'GET', answers: AgentWire }).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'rag.no_collection') return undefined;
        throw error;
      });
      if (!before && !(await agentsOf(gateways, serverId, signal)).some(({ id }) => id === agentId)) throw agentNotFound(agentId);
      const settings = {
        embedding,
        chunk: chunk ?? before?.settings.chunk,
        weight: weight === undefined ? before?.settings.weight : weight,
      };
      const changed = await withRagd(of, async (ragd, at) => {
        // A key that is not given again is the service's to know: then the first document tells whether it still opens the door.
        const canTry =
          embedding.provider !== 'none' &&
          (embedding.provider === 'ollama' || embedding.apiKey !== undefined || !before?.settings.embedding.hasApiKey);
        if (canTry)
          await ragd.ask({ method: 'POST', path: '/probe', body: { embedding }, withinMs: MODEL_WITHIN_MS, answers: z.object({}) });
        return ragd.ask({ method: 'PUT', path: at, body: settings, answers: AgentWire });
      });
      const taskId = changed.jobId === undefined ? null : await follow(of, changed.jobId);
      return { connection: await shown(of, changed), taskId };
    },

    files: async (of: Omit<OfAgent, 'by'>): Promise<RagFile[]> => (await ask(of, '/files', { method: 'GET', answers: FilesWire })).files,
    async file(of: Omit<OfAgent, 'by'>, fileId: string, after: number | undefined) {
      const query = after === undefined ? '' : `?after=${after}`;
      const { file, passages } = await ask(of, `/files/${encodeURIComponent(fileId)}${query}`, { method: 'GET', answers: PassagesWire });
      return {
        file,
        passages: passages.map(({ heading, ...passage }) => ({ ...passage, heading: heading || null })),
        nextAfter: passages.length < PAGE ? null : (passages.at(-1)?.seq ?? null),
      };
    },
    /** Throws `rag.no_collection`, `rag.no_files`, or what is wrong with the only file. */
    async upload(of: OfAgent, uploads: AsyncIterable<Upload>): Promise<{ taskId: string; files: RagFile[] }> {
      const jobId = makeId('job');
      const taken = await withRagd(of, async (ragd, at) => {
        await ragd.ask({ method: 'GET', path: at, answers: AgentWire });
        return takeFiles(ragd, uploads, { agentId: of.agentId, jobId, now: iso(clock.now()) });
      });
      if (taken.accepted === 0) throw taken.problem ?? noFiles();
      return { taskId: await follow(of, jobId), files: taken.files };
    },
    async removeFile(of: OfAgent, fileId: string): Promise<void> {
      await ask(of, `/files/${encodeURIComponent(fileId)}`, { method: 'DELETE', answers: z.object({}) });
    },
    async reindex(of: OfAgent, { full, idempotencyKey }: { full: boolean; idempotencyKey: string | undefined }): Promise<string> {
      const { jobs } = await ask(of, '/jobs', { method: 'GET', answers: JobsWire });
      const input = { agentId: of.agentId, full, newest: jobs[0]?.id ?? null };
      return tasks.start({ serverId: of.serverId, type: REINDEX, input, by: of.by, idempotencyKey });
    },

    async query(
      of: Omit<OfAgent, 'by'>,
      body: { query: string; limit: number; mode: 'hybrid' | 'vector' | 'keyword' },
    ): Promise<RagAnswer> {
      const call = { method: 'POST', body, withinMs: MODEL_WITHIN_MS, answers: AnswerWire } as const;
      const { results, mode, degradedBecause, pendingVectors, took_ms: ms, embedding_ms: embeddingMs } = await ask(of, '/query', call);
      return { results, mode, ...(degradedBecause !== undefined && { degradedBecause }), pendingVectors, ms, embeddingMs };
    },
    evaluate: (of: Omit<OfAgent, 'by'>, questions: { query: string; files: string[] }[]) =>
      ask(of, '/eval', { method: 'POST', body: { questions }, withinMs: EVAL_WITHIN_MS, answers: EvalWire }),

    /** Throws `rag.no_collection` before a task is made of it. */
    async enableSkill(of: OfAgent, { via, idempotencyKey }: { via: RagVia; idempotencyKey: string | undefined }): Promise<string> {
      const { serverId, agentId, by } = of;
      await ask(of, '', { method: 'GET', answers: AgentWire });
      const trial = (await kindOf(serverId)) === 'trial';
      return tasks.start({ serverId, type: ENABLE, input: { agentId, by, via, trial }, by, idempotencyKey });
    },
    /** Throws `rag.no_collection` before a task is made of it. */
    async disableSkill(of: OfAgent, idempotencyKey: string | undefined): Promise<string> {
      const { serverId, agentId, by } = of;
      await ask(of, '', { method: 'GET', answers: AgentWire });
      return tasks.start({ serverId, type: DISABLE, input: { agentId, by }, by, idempotencyKey });
    },

    ...movingOf({ hosts, gateways, access, skills, clock, withRagd, ask, follow }),
  };
}
