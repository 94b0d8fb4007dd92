import { section } from '../section.ts';

export const devices = section('devices', {
  title: 'Devices',
  empty: 'No device yet',
  emptyHelp: 'OpenClaw’s own apps on phones and desktops ask here when they connect for the first time.',
  modes: {
    node: 'lends its abilities to agents',
    operator: 'controls the gateway',
    ui: 'an app',
    webchat: 'a chat in the browser',
    cli: 'a command line',
    backend: 'another program',
    probe: 'a check',
  } as Record<string, string>,
  asking: 'Ask to be let in',
  paired: 'May connect',
  askedAt: 'asked {time}',
  pairedAt: 'since {time}',
  repair: 'It was paired before and asks for more than it had.',
  letIn: 'Let in',
  turnAway: 'Turn away',
  letInAsk: 'Let the device “{name}” connect to this gateway? Only if you are connecting it now.',
  rename: 'Rename',
  name: 'Name',
  save: 'Save',
  remove: 'Throw out',
  removeAsk: 'Throw the device “{name}” out? It must ask again to connect.',
});
