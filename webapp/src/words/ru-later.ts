import type { LaterWords } from './en-later.ts';
import { files, sessions, skills } from './ru/openclaw.ts';
import { approvals } from './ru/approvals.ts';
import { logs } from './ru/logs.ts';
import { config } from './ru/config.ts';
import { control } from './ru/control.ts';
import { serverGroups } from './ru/server-groups.ts';
import { cron } from './ru/cron.ts';
import { channels } from './ru/channels.ts';
import { costs } from './ru/costs.ts';
import { models } from './ru/models.ts';
import { devices } from './ru/devices.ts';
import { update } from './ru/update.ts';
import { wayOn } from './ru/way-on.ts';

/** Russian for the screens that come later, whole: a key that is missing does not compile. */
export const ruLater: LaterWords = {
  update,
  files,
  sessions,
  skills,
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
