import { files } from './en/files.ts';
import { sessions } from './en/sessions.ts';
import { skills } from './en/skills.ts';
import { approvals } from './en/approvals.ts';
import { logs } from './en/logs.ts';
import { config } from './en/config.ts';
import { control } from './en/control.ts';
import { serverGroups } from './en/server-groups.ts';
import { cron } from './en/cron.ts';
import { channels } from './en/channels.ts';
import { costs } from './en/costs.ts';
import { models } from './en/models.ts';
import { devices } from './en/devices.ts';
import { update } from './en/update.ts';
import { wayOn } from './en/way-on.ts';

/** The parts of screens whose words come after the first paint in other languages: `ru-later.ts`. Read by types and tests only. */
export const later = {
  files,
  sessions,
  skills,
  update,
  devices,
  models,
  costs,
  channels,
  cron,
  serverGroups,
  control,
  config,
  approvals,
  logs,
  wayOn,
};

export type LaterWords = typeof later;
