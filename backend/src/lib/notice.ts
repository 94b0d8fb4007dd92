import type { NoticeKind, Severity } from '@clawmoor/shared/notice.ts';
import type { Role } from '@clawmoor/shared/route.ts';

/** Who is told: everybody with at least this role on the server, the super-admins, or one person. */
export type Audience = { role: Role; serverId: string } | { superAdmins: true } | { userId: string };

/** Something to tell people, in no language yet: the words are chosen for each of them when it is sent. */
export interface Notice {
  /** Notices of one subject are one message: a later one edits it. An incident's id, an approval's, a task's. */
  subject: string;
  kind: NoticeKind;
  severity: Severity;
  /** `once` is a message that nothing follows. */
  phase: 'opened' | 'changed' | 'resolved' | 'once';
  audience: Audience;
  /** The server that it is about, with its name as people know it. */
  server?: { id: string; name: string };
  /** What the sentence of this kind fills in: `{ percent: 96, path: '/' }`. Never a secret. */
  facts: Record<string, string | number>;
  /** Which screen its button opens, as a `startapp` parameter: `srv_…`, `tsk_…`. */
  opens?: string;
  /** What may be done with a button in the chat; the role is checked again at the tap. */
  actions?: readonly ('acknowledge' | 'mute_server' | 'allow_once' | 'deny')[];
  /** Milliseconds since the epoch. */
  at: number;
}

/** Stores the notice for each person of its audience before it answers, so that a crash after it loses nothing. */
export type Announce = (notice: Notice) => Promise<void>;
