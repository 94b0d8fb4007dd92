import type { Server } from '@clawmoor/shared/servers.ts';

export interface BotWords {
  menu: string;
  open: string;
  openScreen: string;
  hello: string;
  stranger: string;
  what: string;
  help: string;
  commands: Readonly<Record<(typeof COMMANDS)[number], string>>;
  noServers: string;
  servers: string;
  more: string;
  states: Readonly<Record<Server['state'], string>>;
  roles: Readonly<Record<Server['role'], string>>;
  runs: string;
  nothingOpen: string;
  openNews: string;
  mute: string;
  muteAll: string;
  unmuteAll: string;
  muted: string;
  unmuted: string;
  allMuted: string;
  allUnmuted: string;
  done: string;
  failed: string;
  tooLate: string;
  roleTooLow: string;
  gone: string;
}

export const COMMANDS = ['start', 'servers', 'status', 'mute', 'help'] as const;
