import { section } from '../section.ts';

export const agents = section('agents', {
  title: 'Agents',
  create: 'New agent',
  empty: 'No agent yet',
  emptyHelp: 'An agent has a name, a model and a folder of its own on the server.',
  id: 'Id',
  idHelp: 'Lower-case letters, digits and dashes.',
  name: 'Name',
  model: 'Model',
  isDefault: 'default',
  submit: 'Create',
  creating: 'Creating …',
  notRunning: 'The gateway is not running, so its agents cannot be listed.',
});
