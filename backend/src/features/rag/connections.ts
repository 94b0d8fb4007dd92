import type { RagConnection } from '@clawmoor/shared/rag-agents.ts';
import { iso } from '../../lib/clock.ts';
import type { SkillRow } from './rag.store.ts';
import type { GatewayAgent } from './agents-of.ts';
import type { AgentWire } from './wire.ts';

interface Around {
  /** `undefined`: the gateway could not be asked. */
  agents: readonly GatewayAgent[] | undefined;
  skill: SkillRow | undefined;
}

const NOTHING = {
  files: 0,
  bytes: 0,
  states: { queued: 0, parsing: 0, embedding: 0, done: 0, failed: 0 },
  chunks: 0,
  vectors: 0,
  pendingVectors: 0,
  diskBytes: 0,
  embedding: { provider: 'none' as const, model: null, baseUrl: null, hasApiKey: false },
  chunk: { size: 0, overlap: 0 },
  weight: { chosen: null, suits: 0 },
  index: null,
  building: null,
  waiting: null,
};

/** A collection as people see it. */
export function connectionOf(found: AgentWire | { id: string; broken: string }, { agents, skill }: Around): RagConnection {
  const agent = agents?.find(({ id }) => id === found.id);
  const enabled = skill !== undefined && skill.enabled_at !== null && (!('connected' in found) || found.connected);
  const head = {
    agentId: found.id,
    name: agent?.name ?? null,
    agent: agents === undefined ? ('unknown' as const) : agent ? ('present' as const) : ('orphan' as const),
    skill: {
      enabled,
      enabledAt: skill?.enabled_at == null ? null : iso(skill.enabled_at),
      via: enabled ? skill.via : null,
    },
  };
  if ('broken' in found) return { ...NOTHING, ...head, broken: found.broken };
  const { id: _id, connected: _connected, settings, profileWeight, jobId: _job, ...numbers } = found;
  const { provider, model, baseUrl, hasApiKey } = settings.embedding;
  return {
    ...numbers,
    ...head,
    embedding: { provider, model: model || null, baseUrl: baseUrl ?? null, hasApiKey: hasApiKey ?? false },
    chunk: settings.chunk,
    weight: { chosen: settings.weight ?? null, suits: profileWeight },
    broken: null,
  };
}
