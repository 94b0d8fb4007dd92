import { section } from '../section.ts';

export const channels = section('channels', {
  title: 'Channels',
  empty: 'No channel yet',
  emptyHelp:
    'A channel lets people write to agents from Telegram, WhatsApp or another messenger. It is set up in the configuration, under “channels”.',
  states: { unconfigured: 'not set up', stopped: 'stopped', connecting: 'not connected', running: 'running' },
  nothingIn: 'Nothing has come in yet',
  lastIn: 'last in {time}',
  lastOut: 'last out {time}',
  verbs: { start: 'Start', stop: 'Stop', logout: 'Log out' },
  asks: {
    stop: 'Stop this channel? Nobody reaches the agents through it until it is started again.',
    logout: 'Forget the login of this channel? It must be logged in anew.',
  },
  qr: 'Log in by code',
  qrTitle: 'Log in by code',
  qrHelp: 'Open the messenger on the phone whose account the agent is to use, choose “linked devices”, and scan this code.',
  qrAlt: 'The code to scan; it changes every few seconds',
  qrLive: 'The code renews itself. Keep this open until it says that it is connected.',
  qrDone: 'Connected.',
  qrClose: 'Done',
  knocking: 'Waiting to be let in',
  letIn: 'Let in',
  turnAway: 'Turn away',
  letInAsk: 'Let {name} write to the agent? Whoever is in may have it do what it may do.',
  asked: 'asked {time}',
  expires: 'ends {time}',
});
