import { openclawRoutes } from '@clawmoor/shared/openclaw.ts';
import { command } from '../command.ts';
import { Ended, EXIT } from '../exit.ts';
import { serverId } from '../session/server-name.ts';
import { FOLLOW_OPTIONS, submit } from '../tasks/submit.ts';
import { plain } from '../terminal/plain.ts';
import { localTime } from '../terminal/time.ts';

export const openclawStatus = command({
  name: 'openclaw status',
  words: ['SERVER'],
  summary: 'Where the gateway of a server stands',
  details: 'Ends with code 8 where the gateway is not ready.',
  options: {},
  async run({ sessions, out }, { words }) {
    const session = sessions.open();
    const status = await session.call(openclawRoutes.readGatewayStatus, { id: await serverId(session, words.SERVER) });
    out.answer(status, ({ state, message, fix, version, port, agents, connectedAt }) => {
      out.say(
        `${state === 'ready' ? out.style('green', '✓') : out.style('red', '✗')} ${plain(state)}${message === null ? '' : `: ${plain(message)}`}`,
      );
      if (fix !== null) out.say(`    ${plain(fix)}`);
      const known = [
        version === null ? undefined : `OpenClaw ${plain(version)}`,
        port === null ? undefined : `port ${port}`,
        agents === null ? undefined : `${agents} ${agents === 1 ? 'agent' : 'agents'}`,
        connectedAt === null ? undefined : `connected since ${localTime(connectedAt)}`,
      ].filter((each) => each !== undefined);
      if (known.length > 0) out.say(known.join(', '));
    });
    if (status.state !== 'ready') throw new Ended(EXIT.server);
  },
});

export const openclawRestart = command({
  name: 'openclaw restart',
  words: ['SERVER'],
  summary: 'Restart the gateway of a server and wait until it answers again',
  options: FOLLOW_OPTIONS,
  async run(context, { words, values }) {
    const session = context.sessions.open();
    const id = await serverId(session, words.SERVER);
    await submit(context, {
      session,
      values,
      send: (headers) => session.call(openclawRoutes.restartGateway, { id, body: {} }, { headers }),
    });
  },
});
