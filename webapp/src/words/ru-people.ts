import type { PeopleWords } from './en-people.ts';
import { auditActions } from './ru/audit-actions.ts';
import { admin, audit, ownBackups } from './ru/installation.ts';
import { mySessions, notifications, tokens } from './ru/me.ts';
import { access, codes, invite, stepUp } from './ru/people.ts';

/** Russian for access, settings, the audit log and the installation, whole: a key that is missing does not compile. */
export const ruPeople: PeopleWords = {
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
