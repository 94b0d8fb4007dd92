import type { Server } from '@clawmoor/shared/servers.ts';

export interface Failure {
  code: string;
  /** The task in whose way this one came. */
  taskId?: string | undefined;
  /** The server of the screen, and what the person may do there. */
  serverId?: string | undefined;
  role?: Server['role'] | undefined;
  /** Where "back" leads. */
  parent?: string | undefined;
}

export type Way = 'task' | 'setup' | 'diagnosis' | 'fingerprint' | 'connection' | 'back' | 'servers';

// Nothing that the person could do at the connection: the machine itself lacks something.
const NOT_THE_CONNECTION = new Set(['ssh.disk_full', 'ssh.command_failed', 'ssh.command_silent']);

/** The screen where what has failed can be mended, for those who may; `undefined` where trying again is all there is. */
export function wayOf({ code, taskId, serverId, role, parent }: Failure): { way: Way; path: string } | undefined {
  if (taskId !== undefined) return { way: 'task', path: `/tasks/${taskId}` };
  if (code.endsWith('.not_found'))
    return parent === undefined || parent === '/' ? { way: 'servers', path: '/' } : { way: 'back', path: parent };
  if (code === 'auth.role_too_low' || code === 'auth.super_admin_only') return { way: 'servers', path: '/' };
  if (serverId === undefined || role === undefined || role === 'viewer') return undefined;
  const home = `/servers/${serverId}`;
  if (code === 'gateway.not_set_up' || code === 'setup.openclaw_missing') return { way: 'setup', path: `${home}/setup` };
  if (code === 'ssh.host_key_unconfirmed') return { way: 'fingerprint', path: `${home}/connect` };
  if (code.startsWith('ssh.') && !NOT_THE_CONNECTION.has(code)) return { way: 'connection', path: `${home}/connect` };
  if (code.startsWith('gateway.') && code !== 'gateway.busy') return { way: 'diagnosis', path: `${home}/diagnosis` };
  return undefined;
}
