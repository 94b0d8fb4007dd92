import type { Access, Role } from '@clawmoor/shared/route.ts';
import type { Caller } from '../lib/caller.ts';
import { Problem } from '../lib/problem.ts';

const RANK = { viewer: 1, admin: 2, owner: 3 } as const satisfies Record<Role, number>;

export interface AccessLookups {
  /** The role that holds now; `undefined` for a stranger and for a server that does not exist. */
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
  serverOfTask: (taskId: string) => Promise<string | undefined>;
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
export function createAccess({ roleOf, serverOfTask }: AccessLookups): CheckAccess {
  return async ({ access, caller, id, serverId }) => {
    if (access === 'user') return undefined;
    if (access === 'super') {
      if (caller.isSuperAdmin) return undefined;
      throw new Problem('auth.super_admin_only', 'Only a super-admin of this installation may do this');
    }
    const [kind, needed] = splitAccess(access);
    if (kind === 'query' && serverId === undefined) return undefined;
    const target = kind === 'task' ? await serverOfTask(id ?? '') : kind === 'query' ? serverId : id;
    const role = target === undefined ? undefined : await roleOf(target, caller.userId);
    if (target === undefined || role === undefined) throw notFound(kind);
    if (RANK[role] < RANK[needed]) throw roleTooLow(needed);
    return { id: target, role };
  };
}

function splitAccess(access: Exclude<Access, 'public' | 'user' | 'super'>): ['server' | 'task' | 'query', Role] {
  const [kind, role] = access.split(':');
  // The type says that both halves are there; `split` cannot.
  return [kind as 'server' | 'task' | 'query', role as Role];
}

const notFound = (kind: 'server' | 'task' | 'query'): Problem =>
  kind === 'task'
    ? new Problem('task.not_found', 'There is no such task, or its server is not shared with you')
    : new Problem('server.not_found', 'There is no such server, or it is not shared with you');

const roleTooLow = (needed: Role): Problem =>
  new Problem('auth.role_too_low', `This needs the role ${needed} on the server`, {
    fix: 'Ask the owner of the server to raise your role.',
  });
