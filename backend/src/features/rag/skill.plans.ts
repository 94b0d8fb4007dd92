import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Clock } from '../../lib/clock.ts';
import type { Gateways } from '../../lib/gateway.ts';
import { Problem } from '../../lib/problem.ts';
import type { RagdBundle } from '../../lib/ragd.ts';
import { sh } from '../../lib/sh.ts';
import type { AnyPlan, Plan, Step, StepContext } from '../../tasks/plan.ts';
import type { RagAccess } from './access.ts';
import { NoSecrets, SkillInput } from './inputs.ts';
import { agentNotFound, bundleMissing, noWorkspace, skillFailed, skillIsNotOurs } from './rag.problems.ts';
import { agentsOf, changesForPlugin, changesForTool, pluginFolder, sha256, skillFile, tokenFile, tokenFolder, TOOL } from './skill.ts';
import { homeOf, type Skills, type Where } from './skills.ts';

export const ENABLE = 'rag.enable-skill';
export const DISABLE = 'rag.disable-skill';

export interface SkillPlanParts {
  clock: Clock;
  access: RagAccess;
  gateways: Gateways;
  /** The tasks are made before what changes the configuration. */
  skills: () => Skills;
  bundle: () => RagdBundle | undefined;
}

type Context = StepContext<SkillInput>;

/** Giving an agent the tool that searches its documents, and taking it away. */
export function skillPlans(parts: SkillPlanParts): AnyPlan[] {
  const common = {
    lane: ({ agentId }: SkillInput) => `rag:${agentId}`,
    identity: ({ agentId }: SkillInput) => agentId,
    input: SkillInput,
    secrets: NoSecrets,
  };
  const enable: Plan<SkillInput, object> = {
    ...common,
    type: ENABLE,
    steps: () => [fileStep(parts), tokenStep(parts), pluginStep(parts), gatewayStep(parts), verifyStep(parts)],
  };
  const disable: Plan<SkillInput, object> = { ...common, type: DISABLE, steps: () => [withdrawStep(parts)] };
  return [enable, disable];
}

const whereOf = ({ host, serverId, input, signal, log }: Context): Where => ({ host, serverId, ...input, signal, log });
// Done in this run of the step: it is safe to do again, and cheap.
const settled = new WeakSet<AbortSignal>();

const bundleOf = ({ bundle }: SkillPlanParts): RagdBundle => {
  const found = bundle();
  if (!found) throw bundleMissing();
  return found;
};

/** SKILL.md in the agent's own workspace: what says to the model when to search. */
const fileStep = (parts: SkillPlanParts): Step<SkillInput> => ({
  key: 'skill',
  title: 'Tell the agent about its documents',
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    const { host, serverId, input, signal } = context;
    const agent = (await agentsOf(parts.gateways, serverId, signal)).find(({ id }) => id === input.agentId);
    if (!agent) throw agentNotFound(input.agentId);
    if (agent.workspace === null) throw noWorkspace(input.agentId);
    const text = await bundleOf(parts).text('skill/with-plugin.md');
    const file = skillFile(agent.workspace);
    const { store } = parts.skills();
    const before = await store.skill(serverId, input.agentId);
    const there = await host.readFile(file, { signal });
    if (there !== undefined && ![sha256(text), before?.skill_sha256].includes(sha256(there))) throw skillIsNotOurs(file);
    // Before it is written: what a crash leaves is still known to be ours.
    await store.setSkill({
      server_id: serverId,
      agent_id: input.agentId,
      skill_file: file,
      skill_sha256: sha256(text),
      allows: before?.allows ?? '[]',
      enabled_at: null,
    });
    await host.run(sh`mkdir -p "$(dirname ${file})"`, { signal });
    await host.writeFile(file, text, { mode: 0o644, signal });
    settled.add(signal);
  },
});

/** A new token for the agent, in a file that only the gateway's user can read. The one before ends. */
const tokenStep = ({ access }: SkillPlanParts): Step<SkillInput> => ({
  key: 'token',
  title: 'Give it a token of its own',
  done: async ({ signal }) => settled.has(signal),
  async apply({ host, serverId, input, signal }) {
    const home = await homeOf(host, signal);
    const ragd = await access.open(host, serverId, signal);
    const { token } = await ragd.ask({ method: 'POST', path: `/agents/${input.agentId}/token`, answers: z.object({ token: z.string() }) });
    await host.run(sh`umask 077; mkdir -p ${tokenFolder(home)}`, { signal });
    await host.writeFile(tokenFile(home, input.agentId), token, { mode: 0o600, signal });
    settled.add(signal);
  },
});

/** The plugin's files, as this version has them. */
const pluginStep = (parts: SkillPlanParts): Step<SkillInput> => ({
  key: 'plugin',
  title: 'Copy the plugin',
  async done({ host, signal }) {
    const folder = pluginFolder(await homeOf(host, signal));
    const files = Object.entries(await bundleOf(parts).plugin());
    const sums = files.map(([name, text]) => `${sha256(text)}  ${name}\n`).join('');
    return host.test(sh`cd ${folder} 2>/dev/null && printf '%s' ${sums} | sha256sum -c >/dev/null 2>&1`, { signal });
  },
  async apply({ host, signal }) {
    const folder = pluginFolder(await homeOf(host, signal));
    await host.run(sh`umask 077; mkdir -p ${folder}`, { signal });
    for (const [name, text] of Object.entries(await bundleOf(parts).plugin())) await host.writeFile(`${folder}/${name}`, text, { signal });
  },
});

const gatewayStep = ({ access, skills }: SkillPlanParts): Step<SkillInput> => ({
  key: 'gateway',
  title: 'Load the plugin into the gateway',
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    const { host, serverId, input, signal } = context;
    const [home, port] = [await homeOf(host, signal), await access.portOf(serverId)];
    if (port === undefined) throw new Error('The document search was forgotten while its skill was enabled');
    await skills().allow(whereOf(context), (config) => changesForPlugin(config, { agentId: input.agentId, home, port }));
    settled.add(signal);
  },
});

const VISIBLE_WITHIN_MS = 60_000;

/** A real call of the tool through the gateway, as the agent makes it. */
const verifyStep = ({ gateways, skills, clock }: SkillPlanParts): Step<SkillInput> => ({
  key: 'verify',
  title: 'Search through the gateway, as the agent does',
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    const { serverId, input, signal, log } = context;
    const endAt = performance.now() + VISIBLE_WITHIN_MS;
    let widened = false;
    for (;;) {
      const why = await tryTool(gateways, { serverId, agentId: input.agentId, signal });
      if (why === undefined) break;
      if (performance.now() > endAt) throw skillFailed(why);
      // A reload of the plugins takes a moment; only then do the agent's rules count.
      if (
        !widened &&
        performance.now() > endAt - VISIBLE_WITHIN_MS + 4_000 &&
        /not (available|allowed|found|enabled)|unknown tool|denied|policy/i.test(why)
      ) {
        log('The rules for tools leave it out; allowing it for this agent …');
        await skills().allow(whereOf(context), (config) => changesForTool(config, input.agentId));
        widened = true;
      }
      await delay(1_000, undefined, { signal });
    }
    const { store } = skills();
    const row = await store.skill(serverId, input.agentId);
    if (row) await store.setSkill({ ...row, enabled_at: clock.now() });
    log('The agent searches its documents.');
    settled.add(signal);
  },
});

const Invoked = z.looseObject({ ok: z.optional(z.boolean()), error: z.optional(z.unknown()) });

/** Why it does not work yet; `undefined` where it does. */
async function tryTool(
  gateways: Gateways,
  { serverId, agentId, signal }: { serverId: string; agentId: string; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const params = { name: TOOL, args: { query: 'What is in these documents?', limit: 1 }, agentId, sessionKey: `agent:${agentId}:main` };
    const answer = Invoked.safeParse(await gateways.request(serverId, { method: 'tools.invoke', params, as: 'admin', signal }));
    if (answer.success && answer.data.ok !== false && answer.data.error === undefined) return undefined;
    return JSON.stringify(answer.success ? answer.data.error : 'an answer that cannot be understood').slice(0, 300);
  } catch (error) {
    if (error instanceof Problem && error.code.startsWith('gateway.')) return error.message.slice(0, 300);
    throw error;
  }
}

const withdrawStep = ({ skills }: SkillPlanParts): Step<SkillInput> => ({
  key: 'withdraw',
  title: 'Take the tool away from the agent',
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    await skills().withdraw(whereOf(context), { wait: true });
    settled.add(context.signal);
  },
});
