import { access } from './en/access.ts';
import { admin } from './en/admin.ts';
import { audit } from './en/audit.ts';
import { auditActions } from './en/audit-actions.ts';
import { codes } from './en/codes.ts';
import { invite } from './en/invite.ts';
import { mySessions } from './en/my-sessions.ts';
import { notifications } from './en/notifications.ts';
import { ownBackups } from './en/own-backups.ts';
import { stepUp } from './en/step-up.ts';
import { tokens } from './en/tokens.ts';

/** Of what comes later, the parts about people and the installation itself: `ru-people.ts`. Read by types and tests only. */
export const people = {
  access,
  admin,
  audit,
  auditActions,
  codes,
  invite,
  mySessions,
  notifications,
  ownBackups,
  stepUp,
  tokens,
};

export type PeopleWords = typeof people;
