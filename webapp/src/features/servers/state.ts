import type { Server } from '@clawmoor/shared/servers.ts';
import type { Tone } from '../../ui/parts.tsx';

const TONES = { online: 'good', reachable: 'warn', unknown: 'idle', offline: 'bad', auth_failed: 'bad', key_changed: 'bad' } as const;

export const toneOf = (state: Server['state']): Tone => TONES[state];

/** `root@host`, with the port where it is not the usual one. */
export const addressOf = ({ host, port, username }: Server): string | undefined =>
  host === undefined ? undefined : `${username}@${host.includes(':') ? `[${host}]` : host}${port === 22 ? '' : `:${port}`}`;
