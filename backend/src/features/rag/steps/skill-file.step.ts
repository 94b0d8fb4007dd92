import { sh } from '../../../lib/sh.ts';
import type { Step } from '../../../tasks/plan.ts';
import type { EnableInput } from '../inputs.ts';
import { agentsOf } from '../agents-of.ts';
import { agentNotFound, noWorkspace, skillIsNotOurs } from '../rag.problems.ts';
import { commandFile, sha256, skillFile } from '../skill.ts';
import { homeOf } from '../skills.ts';
import { bundleOf, whereOf, type SkillPlanParts } from './skill-parts.ts';

// Done in this run of the step: it is safe to do again, and cheap.
const settled = new WeakSet<AbortSignal>();

/** SKILL.md in the agent's own workspace: what says to the model when to search. */
export const fileStep = (parts: SkillPlanParts): Step<EnableInput> => ({
  key: 'skill',
  title: 'Tell the agent about its documents',
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    const { host, serverId, input, signal, log } = context;
    const agent = (await agentsOf(parts.gateways, serverId, signal)).find(({ id }) => id === input.agentId);
    if (!agent) throw agentNotFound(input.agentId);
    if (agent.workspace === null) throw noWorkspace(input.agentId);
    const { via } = input;
    const text =
      via === 'plugin'
        ? await bundleOf(parts).text('skill/with-plugin.md')
        : (await bundleOf(parts).text('skill/with-command.md')).replaceAll(
            '{{COMMAND}}',
            sh`${commandFile(await homeOf(host, signal), input.agentId)}`.text,
          );
    const file = skillFile(agent.workspace);
    const { store, withdraw } = parts.skills();
    let before = await store.skill(serverId, input.agentId);
    if (before && before.via !== via) {
      log(`Until now it searched with ${before.via === 'plugin' ? 'the plugin' : 'a command'}; that is taken away first.`);
      await withdraw(whereOf(context), { wait: true });
      before = undefined;
    }
    const there = await host.readFile(file, { signal });
    if (there !== undefined && ![sha256(text), before?.skill_sha256].includes(sha256(there))) throw skillIsNotOurs(file);
    // Before it is written: what a crash leaves is still known to be ours.
    await store.setSkill({
      server_id: serverId,
      agent_id: input.agentId,
      skill_file: file,
      skill_sha256: sha256(text),
      allows: before?.allows ?? '[]',
      via,
      enabled_at: null,
    });
    await host.run(sh`mkdir -p "$(dirname ${file})"`, { signal });
    await host.writeFile(file, text, { mode: 0o644, signal });
    settled.add(signal);
  },
});
