import type { Channel } from '@clawmoor/shared/openclaw-channels.ts';
import type { Tone } from '../../../ui/parts.tsx';

type Account = Channel['accounts'][number];

/** How an account of a channel is, in one word; `connected` is told by some channels only. */
export function accountState({ configured, running, connected }: Account): {
  tone: Tone;
  word: 'unconfigured' | 'stopped' | 'connecting' | 'running';
} {
  if (!configured) return { tone: 'idle', word: 'unconfigured' };
  if (!running) return { tone: 'bad', word: 'stopped' };
  if (connected === false) return { tone: 'warn', word: 'connecting' };
  return { tone: 'good', word: 'running' };
}
