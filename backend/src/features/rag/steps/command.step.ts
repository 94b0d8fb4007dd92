import * as z from 'zod/mini';
import { CommandFailed } from '../../../lib/host.ts';
import { sh } from '../../../lib/sh.ts';
import type { Step } from '../../../tasks/plan.ts';
import type { EnableInput } from '../inputs.ts';
import { commandText, ruleAgainstCommands } from '../command.ts';
import { bestPlaces, readFacts } from '../facts.ts';
import { commandsRefused, skillFailed } from '../rag.problems.ts';
import { changesForSkill, commandFile, connectionFile } from '../skill.ts';
import { homeOf } from '../skills.ts';
import { whereOf, type SkillPlanParts } from './skill-parts.ts';

// Done in this run of the step: it is safe to do again, and cheap.
const settled = new WeakSet<AbortSignal>();

/** The command, and beside it a new token for the agent, in a file that only the gateway's user can read. The token before ends. */
export const commandStep = ({ access }: SkillPlanParts): Step<EnableInput> => ({
  key: 'command',
  title: 'Give it a command and a token of its own',
  done: async ({ signal }) => settled.has(signal),
  async apply({ host, serverId, input: { agentId, trial }, signal }) {
    const home = await homeOf(host, signal);
    const { folder } = await bestPlaces(host, await readFacts(host, { trial, signal }), trial);
    const ragd = await access.open(host, serverId, signal);
    const port = await access.portOf(serverId);
    const { token } = await ragd.ask({ method: 'POST', path: `/agents/${agentId}/token`, answers: z.object({ token: z.string() }) });
    const [command, connection] = [commandFile(home, agentId), connectionFile(home, agentId)];
    // As it is called, not where that leads to: an update of Node moves the latter.
    const node = (await host.run(sh`command -v node`, { signal })).stdout.trim();
    await host.run(sh`umask 077; mkdir -p "$(dirname ${command})" "$(dirname ${connection})"`, { signal });
    await host.writeFile(connection, JSON.stringify({ port, agent: agentId, token }), { mode: 0o600, signal });
    await host.writeFile(command, commandText({ node, program: `${folder}/current/rag.mjs`, connection }), { mode: 0o700, signal });
    settled.add(signal);
  },
});

/** Nothing is widened: an agent that may not run commands gets no right to, and nothing is left on the server. */
export const rulesStep = ({ skills }: SkillPlanParts): Step<EnableInput> => ({
  key: 'rules',
  title: 'Look whether the agent may run commands',
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    await skills().allow(whereOf(context), (config) => {
      const rule = ruleAgainstCommands(config, context.input.agentId);
      if (rule !== undefined) throw commandsRefused(rule);
      return { changes: [], allows: [] };
    });
    settled.add(context.signal);
  },
});

/** In the list of the agent's skills, where it has such a list. */
export const seenStep = ({ skills }: SkillPlanParts): Step<EnableInput> => ({
  key: 'seen',
  title: 'Let the agent see the skill',
  done: async ({ signal }) => settled.has(signal),
  async apply(context) {
    await skills().allow(whereOf(context), (config) => changesForSkill(config, context.input.agentId));
    settled.add(context.signal);
  },
});

/** The command itself, by the user who runs the gateway. */
export const runStep = ({ skills, clock }: SkillPlanParts): Step<EnableInput> => ({
  key: 'run',
  title: 'Run the command, as the agent does',
  done: async ({ signal }) => settled.has(signal),
  async apply({ host, serverId, input: { agentId }, signal, log }) {
    const command = commandFile(await homeOf(host, signal), agentId);
    const { stdout } = await host.run(sh`${command} status`, { signal }).catch((error: unknown) => {
      throw error instanceof CommandFailed ? skillFailed(error.stderr.trim().slice(0, 300)) : error;
    });
    log(stdout.trim().slice(0, 300));
    const { store } = skills();
    const row = await store.skill(serverId, agentId);
    if (row) await store.setSkill({ ...row, enabled_at: clock.now() });
    settled.add(signal);
  },
});
