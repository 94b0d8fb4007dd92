import { openclawRoutes } from '@clawmoor/shared/openclaw.ts';
import { command } from '../command.ts';
import { serverId } from '../session/server-name.ts';
import { plain } from '../terminal/plain.ts';

export const agents = command({
  name: 'agents',
  words: ['SERVER'],
  summary: 'The agents of a server',
  options: {},
  async run({ sessions, out }, { words }) {
    const session = sessions.open();
    const answer = await session.call(openclawRoutes.listAgents, { id: await serverId(session, words.SERVER) });
    out.answer(answer, () =>
      out.table(
        ['ID', 'NAME', 'MODEL', 'DEFAULT', 'WORKSPACE'],
        answer.agents.map(({ id, name, model, isDefault, workspace }) => [id, name, model, isDefault ? 'yes' : '', workspace]),
        'It has no agents yet.',
      ),
    );
  },
});

export const agentsCreate = command({
  name: 'agents create',
  words: ['SERVER', 'ID'],
  summary: 'Create an agent',
  examples: ['clawmoor agents create harbour pilot --name Pilot'],
  options: {
    name: { type: 'string', value: 'NAME', summary: 'its name; the id unless told' },
    model: { type: 'string', value: 'MODEL', summary: "its model; the gateway's default unless told" },
    workspace: { type: 'string', value: 'PATH', summary: 'its folder on the server' },
  },
  async run({ sessions, out }, { words, values }) {
    const session = sessions.open();
    const id = await serverId(session, words.SERVER);
    const agent = await session.call(openclawRoutes.createAgent, { id, body: { id: words.ID, ...values } });
    out.answer(agent, () => out.say(`Created ${plain(agent.name)} (${plain(agent.id)}).`));
  },
});
