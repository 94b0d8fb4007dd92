import { section, type Forms } from '../section.ts';

export const servers = section('servers', {
  title: 'Servers',
  add: 'Add a server',
  empty: 'No server yet',
  emptyHelp: 'Add one by its address. A small Debian or Ubuntu server with 2 GB of memory is enough.',
  states: {
    unknown: 'not checked',
    online: 'online',
    reachable: 'fingerprint not confirmed',
    offline: 'offline',
    auth_failed: 'login refused',
    key_changed: 'key changed',
  },
  unconfirmed: 'Open it and compare its fingerprint to go on.',
  roles: { viewer: 'viewer', admin: 'admin', owner: 'owner' },
  running: 'A task is running',
  strangeLink: 'That link leads nowhere. Here are your servers.',
  searchLabel: 'Search servers',
  tags: 'Tags',
  noMatch: 'No server matches',
  noMatchHelp: 'Try another word or another tag.',
  showAll: 'Show all',
  found: { one: '# server found', other: '# servers found' } as Forms,
});
