import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Gateways } from '../../../lib/gateway.ts';
import { Problem } from '../../../lib/problem.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step, StepContext } from '../../../tasks/plan.ts';

const Model = z.union([z.string(), z.looseObject({ primary: z.optional(z.string()) })]);
const Agents = z.object({
  defaultId: z.optional(z.nullable(z.string())),
  agents: z.array(
    z.looseObject({
      id: z.string(),
      name: z.optional(z.nullable(z.string())),
      isDefault: z.optional(z.boolean()),
      model: z.optional(z.nullable(Model)),
      identity: z.optional(z.nullable(z.looseObject({ name: z.optional(z.string()) }))),
    }),
  ),
});
type Agent = z.output<typeof Agents>['agents'][number];

const FIRST_AGENT = 'main';
const LISTED_WITHIN_MS = 20_000;

export interface AgentStepParts {
  gateways: Gateways;
  agent: { name?: string | undefined; model?: string | undefined } | undefined;
}

/** A default agent that can be used. OpenClaw's onboarding makes `main`; this gives it the wished name and model, or makes one. */
export const agentStep = ({ gateways, agent = {} }: AgentStepParts): Step<unknown, unknown> => ({
  key: 'agent',
  title: 'Prepare the first agent',
  async done(context) {
    const first = await defaultAgent(gateways, context);
    return first !== undefined && isAsWished(first, agent);
  },
  async apply(context) {
    const { host, serverId, signal, log } = context;
    const call = (method: string, params: object) => gateways.request(serverId, { method, params: { ...params }, as: 'control', signal });
    let first = await defaultAgent(gateways, context);
    if (!first) {
      log('Creating the agent …');
      const { stdout: home } = await host.run(sh`printf '%s' "$HOME"`);
      await call('agents.create', {
        name: FIRST_AGENT,
        workspace: `${home}/.openclaw/workspace`,
        ...(agent.model !== undefined && { model: agent.model }),
      });
      first = await untilListed(gateways, context);
    }
    if (agent.name !== undefined || agent.model !== undefined) {
      log(`Setting ${[agent.name && 'name', agent.model && 'model'].filter(Boolean).join(' and ')} of the agent …`);
      await call('agents.update', {
        agentId: first.id,
        ...(agent.name !== undefined && { name: agent.name }),
        ...(agent.model !== undefined && { model: agent.model }),
      });
      // The gateway answers before its own list says so.
      await untilListed(gateways, context, (listed) => isAsWished(listed, agent));
    }
  },
});

function isAsWished(listed: Agent, { name, model }: NonNullable<AgentStepParts['agent']>): boolean {
  const current = typeof listed.model === 'string' ? listed.model : listed.model?.primary;
  const named = name === undefined || listed.name === name || listed.identity?.name === name;
  return named && (model === undefined || current === model);
}

async function defaultAgent(gateways: Gateways, { serverId, signal }: StepContext): Promise<Agent | undefined> {
  const list = Agents.safeParse(await gateways.request(serverId, { method: 'agents.list', as: 'control', signal }));
  if (!list.success)
    throw new Problem('gateway.bad_answer', 'The gateway answered a list of agents that cannot be understood', {
      fix: 'Update OpenClaw, or Clawmoor.',
    });
  const { agents, defaultId } = list.data;
  return agents.find((one) => one.isDefault ?? one.id === defaultId) ?? agents[0];
}

async function untilListed(gateways: Gateways, context: StepContext, as: (agent: Agent) => boolean = () => true): Promise<Agent> {
  const endAt = performance.now() + LISTED_WITHIN_MS;
  for (;;) {
    const agent = await defaultAgent(gateways, context);
    if (agent && as(agent)) return agent;
    if (performance.now() > endAt)
      throw new Problem('gateway.timeout', 'The agent was changed, but the gateway does not list it so', {
        fix: 'Restart the gateway, then retry.',
      });
    await delay(500, undefined, { signal: context.signal });
  }
}
