import * as z from 'zod/mini';
import type { Agent } from '@clawmoor/shared/openclaw.ts';
import type { ArchivePreview, CloneAgent } from '@clawmoor/shared/openclaw-agents.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import { AgentId } from '@clawmoor/shared/setup.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import { askAbout, readAgent, removeAgent } from './agent.ts';
import { packAgent, sha256, unpackAgent, type AgentSnapshot } from './agent-archive.ts';
import { listFiles, readFile, type OfAgent } from './agent-files.ts';
import { createAgent, listAgents, type AgentsParts } from './agents.ts';
import { archiveInvalid, targetNotFound, targetRoleTooLow } from './openclaw.problems.ts';
import { isRefusal, understand } from './understand.ts';
import { withoutSecrets } from './without-secrets.ts';

const Models = z.object({ models: z.array(z.object({ id: z.string(), provider: z.optional(z.nullable(z.string())) })) });
const UNSUPPORTED = 'this version of OpenClaw has no such file';

export interface CopyParts extends AgentsParts {
  clock: Clock;
}

/** The agent as it may leave its server, and how many secrets were taken out of which file. */
export async function takeSnapshot(
  { gateways, clock }: CopyParts,
  of: OfAgent,
): Promise<{ snapshot: AgentSnapshot; leftOut: Record<string, number> }> {
  const { id, name, model, emoji } = await readAgent(gateways, of.serverId, of.agentId, of.as, of.signal);
  const written = (await listFiles(gateways, of)).filter(({ missing }) => !missing);
  const leftOut: Record<string, number> = {};
  const files: AgentSnapshot['files'] = [];
  for (const file of written) {
    const clean = withoutSecrets((await readFile(gateways, of, file.name)).content);
    if (clean.leftOut > 0) leftOut[file.name] = clean.leftOut;
    files.push({ name: file.name, content: clean.text });
  }
  return { snapshot: { agent: { id, name, model, emoji }, exportedAt: iso(clock.now()), files }, leftOut };
}

export { packAgent as packSnapshot, unpackAgent as unpackSnapshot };

export async function preview({ gateways }: AgentsParts, serverId: string, archive: Buffer, signal: AbortSignal): Promise<ArchivePreview> {
  const { agent, exportedAt, files } = await unpackAgent(archive);
  const [agents, models] = await Promise.all([
    listAgents(gateways, serverId, 'control', signal),
    knownModels({ gateways }, serverId, signal),
  ]);
  const defaultAgent = agents.find(({ isDefault }) => isDefault) ?? agents[0];
  const known = defaultAgent ? await namesOf({ gateways }, { serverId, agentId: defaultAgent.id, as: 'control', signal }) : undefined;
  const taken = files.filter(({ name }) => known?.has(name) !== false);
  return {
    agent,
    exportedAt,
    files: taken.map(({ name, content }) => ({ name, size: Buffer.byteLength(content), sha256: sha256(content) })),
    skipped: files.filter((file) => !taken.includes(file)).map(({ name }) => ({ name, why: UNSUPPORTED })),
    exists: agents.some(({ id }) => id === agent.id),
    modelKnown: agent.model === null || models.has(agent.model),
  };
}

/** Makes a new agent of a snapshot, whole or not at all. A model that the gateway does not know is left to its default. */
export async function createFrom(
  parts: AgentsParts,
  serverId: string,
  {
    snapshot,
    id = snapshot.agent.id,
    name,
    signal,
  }: { snapshot: AgentSnapshot; id?: string | undefined; name?: string | undefined; signal: AbortSignal },
): Promise<Agent> {
  const { agent, files } = snapshot;
  if (!AgentId.safeParse(id).success) throw archiveInvalid('its agent has an id that OpenClaw would not take');
  const { gateways } = parts;
  const models = agent.model === null ? undefined : await knownModels(parts, serverId, signal);
  const model = agent.model !== null && models?.has(agent.model) ? { model: agent.model } : {};
  const created = await createAgent(parts, serverId, { id, name: name ?? agent.name, ...model }, signal);
  const ask = (method: string, params: Record<string, unknown>) =>
    askAbout(gateways, serverId, id, { method, params, as: 'control', signal });
  try {
    if (agent.emoji !== null) await ask('agents.update', { emoji: agent.emoji });
    for (const file of files)
      await ask('agents.files.set', file).catch((error: unknown) => {
        if (!isRefusal(error, /unsupported file/i)) throw error;
      });
    return { ...created, emoji: agent.emoji };
  } catch (error) {
    // Half an agent is worse than none; where even that fails, the first failure is the one to tell.
    const within = AbortSignal.timeout(10_000);
    await removeAgent(gateways, serverId, { agentId: id, confirm: id, deleteFiles: true, signal: within }).catch(() => {});
    throw error;
  }
}

/** Copies to a server on which the caller has `role`: an admin of both may. */
export async function cloneAgent(
  parts: CopyParts,
  from: OfAgent,
  { toServerId, role, id, name }: CloneAgent & { role: Role | undefined },
): Promise<Agent> {
  if (role === undefined) throw targetNotFound();
  if (role === 'viewer') throw targetRoleTooLow();
  const { snapshot } = await takeSnapshot(parts, from);
  return createFrom(parts, toServerId, { snapshot, id, ...(name !== undefined && { name }), signal: from.signal });
}

async function namesOf(parts: Pick<AgentsParts, 'gateways'>, of: OfAgent): Promise<Set<string>> {
  return new Set((await listFiles(parts.gateways, of)).map(({ name }) => name));
}

async function knownModels({ gateways }: Pick<AgentsParts, 'gateways'>, serverId: string, signal: AbortSignal): Promise<Set<string>> {
  const payload = await gateways.request(serverId, { method: 'models.list', as: 'control', signal });
  const { models } = understand(Models, payload, 'a list of models');
  return new Set(models.flatMap(({ id, provider }) => (provider ? [id, `${provider}/${id}`] : [id])));
}
