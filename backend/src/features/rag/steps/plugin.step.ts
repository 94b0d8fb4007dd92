import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Gateways } from '../../../lib/gateway.ts';
import { Problem } from '../../../lib/problem.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step } from '../../../tasks/plan.ts';
import type { EnableInput } from '../inputs.ts';
import { skillFailed } from '../rag.problems.ts';
import { changesForPlugin, changesForTool, pluginFolder, sha256, tokenFile, tokenFolder, TOOL } from '../skill.ts';
import { homeOf } from '../skills.ts';
import { bundleOf, whereOf, type SkillPlanParts } from './skill-parts.ts';

// Done in this run of the step: it is safe to do again, and cheap.
const settled = new WeakSet<AbortSignal>();

/** A new token for the agent, in a file that only the gateway's user can read. The one before ends. */
export const tokenStep = ({ access }: SkillPlanParts): Step<EnableInput> => ({
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
export const pluginStep = (parts: SkillPlanParts): Step<EnableInput> => ({
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

export const gatewayStep = ({ access, skills }: SkillPlanParts): Step<EnableInput> => ({
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
export const verifyStep = ({ gateways, skills, clock }: SkillPlanParts): Step<EnableInput> => ({
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
