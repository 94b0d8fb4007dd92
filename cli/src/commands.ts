import type { AnyCommand } from './command.ts';
import { agents, agentsCreate } from './commands/agents.ts';
import { api } from './commands/api.ts';
import { audit } from './commands/audit.ts';
import { backupDownload, backupList, backupRun } from './commands/backup.ts';
import { completions } from './commands/completions.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { openclawRestart, openclawStatus } from './commands/openclaw.ts';
import { profiles, profilesUse } from './commands/profiles.ts';
import { serversAdd } from './commands/servers-add.ts';
import { serversTrust } from './commands/servers-trust.ts';
import { servers, serversShow } from './commands/servers.ts';
import { setup } from './commands/setup.ts';
import { tasks, tasksCancel, tasksLog, tasksRetry, tasksShow } from './commands/tasks.ts';
import { test } from './commands/test.ts';
import { whoami } from './commands/whoami.ts';

/** Every command, in the order of its first use. */
export const commands: readonly AnyCommand[] = [
  login,
  logout,
  whoami,
  profiles,
  profilesUse,
  servers,
  serversShow,
  serversAdd,
  serversTrust,
  test,
  setup,
  tasks,
  tasksShow,
  tasksLog,
  tasksCancel,
  tasksRetry,
  openclawStatus,
  openclawRestart,
  agents,
  agentsCreate,
  backupList,
  backupRun,
  backupDownload,
  audit,
  api,
  completions,
];
