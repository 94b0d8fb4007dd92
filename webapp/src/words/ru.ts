import type { Words } from './en.ts';
import { addServer, connect, server, servers } from './ru/servers.ts';
import { agents, setup, task } from './ru/work.ts';
import { access, codes, invite, stepUp } from './ru/people.ts';
import { mySessions, notifications, tokens } from './ru/me.ts';
import { auditActions } from './ru/audit-actions.ts';
import { admin, audit, ownBackups } from './ru/installation.ts';
import { app, failed, kit, settings, signIn } from './ru/app.ts';

/** Russian, whole: a key that is missing does not compile. */
export const ru: Words = {
  access,
  addServer,
  admin,
  agents,
  app,
  audit,
  auditActions,
  codes,
  connect,
  failed,
  invite,
  kit,
  mySessions,
  notifications,
  ownBackups,
  server,
  servers,
  settings,
  setup,
  signIn,
  stepUp,
  task,
  tokens,
};
