import type { Server } from '@clawmoor/shared/servers.ts';

export const toneOf = (state: Server['state']): 'good' | 'warn' | 'bad' | 'idle' =>
  ({ online: 'good', reachable: 'warn', unknown: 'idle', offline: 'bad', auth_failed: 'bad', key_changed: 'bad' } as const)[state];
