import { admin } from './en/admin.ts';
import { audit } from './en/audit.ts';
import { auditActions } from './en/audit-actions.ts';
import { ownBackups } from './en/own-backups.ts';
import { mySessions } from './en/my-sessions.ts';
import { notifications } from './en/notifications.ts';
import { tokens } from './en/tokens.ts';
import { access } from './en/access.ts';
import { addServer } from './en/add-server.ts';
import { agents } from './en/agents.ts';
import { app } from './en/app.ts';
import { codes } from './en/codes.ts';
import { connect } from './en/connect.ts';
import { failed } from './en/failed.ts';
import { invite } from './en/invite.ts';
import { kit } from './en/kit.ts';
import { server } from './en/server.ts';
import { servers } from './en/servers.ts';
import { settings } from './en/settings.ts';
import { setup } from './en/setup.ts';
import { signIn } from './en/sign-in.ts';
import { stepUp } from './en/step-up.ts';
import { task } from './en/task.ts';

/**
 * Every part of the app's words: what a translation must have. Only types and tests read this list, so that each part stays
 * in the chunk of its screen.
 */
export const en = {
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

export type Words = typeof en;
