import type { Access, Role } from '@clawmoor/shared/route.ts';
import type { Caller } from '../lib/caller.ts';
import { Problem } from '../lib/problem.ts';

const RANK = { viewer: 1, admin: 2, owner: 3 } as const satisfies Record<Role, number>;

export interface AccessLookups {
  /** The role that holds now; `undefined` for a stranger and for a server that does not exist. */
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  serverOfTask: (taskId: string) => Promise<string | undefined>;
  /** `null`: it is about the installation, and belongs to the super-admins. */
  serverOfIncident: (incidentId: string) => Promise<string | null | undefined>;
}

export interface AccessQuestion {
  access: Exclude<Access, 'public'>;
  caller: Caller;
  /** `:id` of the path, where there is one. */
  id: string | undefined;
  /** `?serverId=`, where it is given. */
  serverId: string | undefined;
}

export type CheckAccess = (question: AccessQuestion) => Promise<{ id: string; role: Role } | undefined>;

/** Answers the server that the rule is about and the caller's role on it. Throws 404 to strangers, 403 to a low role. */
export function createAccess(lookups: AccessLookups): CheckAccess {
  return async ({ access, caller, id, serverId }) => {
    if (access === 'user') return undefined;
    if (access === 'super') {
      if (caller.isSuperAdmin) return undefined;
      throw new Problem('auth.super_admin_only', 'Only a super-admin of this installation may do this');
    }
    const [kind, needed] = splitAccess(access);
    if (kind === 'query' && serverId === undefined) return undefined;
    const target = kind === 'query' ? serverId : await serverBehind(kind, id ?? '', lookups);
    if (target === null && caller.isSuperAdmin) return undefined;
    const role = typeof target === 'string' ? await lookups.roleOf(target, caller.userId) : undefined;
    if (typeof target !== 'string' || role === undefined) throw notFound(kind);
    if (RANK[role] < RANK[needed]) throw roleTooLow(needed);
    return { id: target, role };
  };
}

function serverBehind(kind: Kind, id: string, { serverOfTask, serverOfIncident }: AccessLookups): Promise<string | null | undefined> {
  if (kind === 'task') return serverOfTask(id);
  return kind === 'incident' ? serverOfIncident(id) : Promise.resolve(id);
}

type Kind = 'server' | 'task' | 'incident' | 'query';

function splitAccess(access: Exclude<Access, 'public' | 'user' | 'super'>): [Kind, Role] {
  const [kind, role] = access.split(':');
  // The type says that both halves are there; `split` cannot.
  return [kind as Kind, role as Role];
}

function notFound(kind: Kind): Problem {
  if (kind === 'task') return new Problem('task.not_found', 'There is no such task, or its server is not shared with you');
  if (kind === 'incident') return new Problem('incident.not_found', 'There is no such incident, or its server is not shared with you');
  return new Problem('server.not_found', 'There is no such server, or it is not shared with you');
}

const roleTooLow = (needed: Role): Problem =>
  new Problem('auth.role_too_low', `This needs the role ${needed} on the server`, {
    fix: 'Ask the owner of the server to raise your role.',
  });
