import type { Server } from '@clawmoor/shared/servers.ts';
import { access } from '../../words/en/access.ts';
import { audit } from '../../words/en/audit.ts';
import type { IconLook } from '../../ui/icon.tsx';
import { approvals } from '../../words/en/approvals.ts';
import { channels } from '../../words/en/channels.ts';
import { config } from '../../words/en/config.ts';
import { control } from '../../words/en/control.ts';
import { costs } from '../../words/en/costs.ts';
import { cron } from '../../words/en/cron.ts';
import { devices } from '../../words/en/devices.ts';
import { incidents } from '../../words/en/incidents.ts';
import { logs } from '../../words/en/logs.ts';
import { models } from '../../words/en/models.ts';
import { monitoring } from '../../words/en/monitoring.ts';
import { server as text } from '../../words/en/server.ts';
import { serverGroups } from '../../words/en/server-groups.ts';
import { update } from '../../words/en/update.ts';
import { webhooks } from '../../words/en/webhooks.ts';
import { DRAWN } from '../../ui/shapes.ts';
import { SHAPES } from './link-shapes.ts';

export type LinkGroup = 'daily' | 'openclaw' | 'trouble' | 'people' | 'machine';

export interface ServerLink {
  group: LinkGroup;
  /** Below `/servers/:id/`; with a `/` before it an address of its own. */
  path: string;
  icon: IconLook;
  title: () => string;
  help?: () => string;
  /** It makes sense where OpenClaw is not set up, too. */
  without?: true;
  /** Who finds it here. */
  shown: (server: Server) => boolean;
}

const everyone = (): boolean => true;
const admins = ({ role }: Server): boolean => role !== 'viewer';

/** The groups in the order in which they stand, with their titles. */
export const LINK_GROUPS: readonly { group: LinkGroup; title: () => string }[] = [
  { group: 'daily', title: () => serverGroups.daily },
  { group: 'openclaw', title: () => serverGroups.openclaw },
  { group: 'trouble', title: () => serverGroups.trouble },
  { group: 'people', title: () => serverGroups.people },
  { group: 'machine', title: () => serverGroups.machine },
];

/** Where a server's page leads. A section more is a line here and a line in the table of screens. */
export const SERVER_LINKS: readonly ServerLink[] = [
  { group: 'daily', path: 'agents', icon: 'agents', title: () => text.agents, shown: everyone },
  { group: 'daily', path: 'sessions', icon: DRAWN.chat, title: () => text.sessions, shown: everyone },
  { group: 'daily', path: 'skills', icon: DRAWN.spark, title: () => text.skills, shown: everyone },
  { group: 'daily', path: '/approvals', icon: SHAPES.approvals, title: () => approvals.title, shown: admins },
  { group: 'daily', path: 'channels', icon: SHAPES.channels, title: () => channels.title, shown: everyone },
  { group: 'daily', path: 'cron', icon: SHAPES.cron, title: () => cron.title, shown: everyone },
  { group: 'daily', path: 'costs', icon: SHAPES.costs, title: () => costs.title, shown: everyone },
  { group: 'openclaw', path: 'config', icon: 'settings', title: () => config.title, shown: admins },
  { group: 'openclaw', path: 'models', icon: SHAPES.models, title: () => models.title, shown: everyone },
  { group: 'openclaw', path: 'devices', icon: SHAPES.devices, title: () => devices.title, shown: admins },
  { group: 'openclaw', path: 'update', icon: SHAPES.update, title: () => update.title, help: () => update.help, shown: admins },
  {
    group: 'trouble',
    without: true,
    path: 'incidents',
    icon: SHAPES.incidents,
    title: () => incidents.title,
    help: () => incidents.titleHelp,
    shown: everyone,
  },
  {
    group: 'trouble',
    without: true,
    path: 'monitoring',
    icon: SHAPES.bell,
    title: () => monitoring.title,
    help: () => monitoring.help,
    shown: everyone,
  },
  {
    group: 'trouble',
    without: true,
    path: 'webhooks',
    icon: SHAPES.webhook,
    title: () => webhooks.title,
    help: () => webhooks.help,
    shown: admins,
  },
  { group: 'trouble', path: 'logs', icon: SHAPES.log, title: () => logs.title, shown: everyone },
  {
    group: 'trouble',
    path: 'diagnosis',
    icon: 'wrench',
    title: () => control.diagnosis,
    help: () => control.diagnosisHelp,
    shown: admins,
  },
  { group: 'trouble', path: 'stop', icon: SHAPES.stop, title: () => control.killTitle, help: () => control.killTitleHelp, shown: everyone },
  {
    group: 'people',
    without: true,
    path: 'access',
    icon: SHAPES.access,
    title: () => access.title,
    help: () => access.linkHelp,
    shown: everyone,
  },
  {
    group: 'people',
    without: true,
    path: 'audit',
    icon: SHAPES.audit,
    title: () => audit.title,
    help: () => audit.linkHelp,
    shown: ({ role }) => role === 'owner',
  },
  {
    group: 'machine',
    path: 'setup',
    icon: 'wrench',
    title: () => text.setupAgain,
    help: () => text.setupAgainHelp,
    shown: admins,
  },
  {
    group: 'machine',
    without: true,
    path: 'history',
    icon: 'history',
    title: () => text.history,
    help: () => text.historyHelp,
    shown: everyone,
  },
  {
    group: 'machine',
    without: true,
    path: 'connect',
    icon: 'plug',
    title: () => text.connection,
    help: () => text.connectionHelp,
    shown: (server) => admins(server) && server.kind === 'ssh',
  },
];
