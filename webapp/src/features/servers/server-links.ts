import type { Server } from '@clawmoor/shared/servers.ts';
import type { IconName } from '../../ui/icon.tsx';
import { access } from '../../words/en/access.ts';
import { audit } from '../../words/en/audit.ts';
import { server as text } from '../../words/en/server.ts';

export interface ServerLink {
  /** Below `/servers/:id/`. */
  path: string;
  icon: IconName;
  title: () => string;
  help?: () => string;
  /** Who finds it here. */
  shown: (server: Server) => boolean;
}

const everyone = (): boolean => true;
const admins = ({ role }: Server): boolean => role !== 'viewer';

/** Where a server's page leads. A section more is a line here and a line in the table of screens. */
export const SERVER_LINKS: readonly ServerLink[] = [
  { path: 'agents', icon: 'agents', title: () => text.agents, shown: everyone },
  { path: 'history', icon: 'history', title: () => text.history, help: () => text.historyHelp, shown: everyone },
  {
    path: 'connect',
    icon: 'plug',
    title: () => text.connection,
    help: () => text.connectionHelp,
    shown: (server) => admins(server) && server.kind === 'ssh',
  },
  { path: 'access', icon: 'people', title: () => access.title, help: () => access.linkHelp, shown: everyone },
  { path: 'audit', icon: 'audit', title: () => audit.title, help: () => audit.linkHelp, shown: ({ role }) => role === 'owner' },
];
