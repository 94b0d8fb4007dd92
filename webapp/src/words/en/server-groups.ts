import { section } from '../section.ts';

/** What the links of a server's page are grouped under. */
export const serverGroups = section('serverGroups', {
  daily: 'Day to day',
  openclaw: 'How OpenClaw is set',
  trouble: 'When something is wrong',
  people: 'People',
  machine: 'This server',
});
