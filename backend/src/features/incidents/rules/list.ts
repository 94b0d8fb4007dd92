import type { Rule } from '../rule.ts';
import { budget } from './budget.ts';
import { channel } from './channel.ts';
import { crashLoop } from './crash-loop.ts';
import { cron } from './cron.ts';
import { disk } from './disk.ts';
import { gatewayDown } from './gateway-down.ts';
import { hostKey } from './host-key.ts';
import { memory } from './memory.ts';
import { modelAuth } from './model-auth.ts';
import { outOfMemory } from './out-of-memory.ts';
import { stuckSession } from './stuck-session.ts';
import { unreachable } from './unreachable.ts';
import { securityUpdate, update } from './update.ts';

/** Every trouble that a look can see. */
export const rules: readonly Rule[] = [
  unreachable,
  hostKey,
  gatewayDown,
  crashLoop,
  disk,
  memory,
  outOfMemory,
  modelAuth,
  channel,
  cron,
  stuckSession,
  budget,
  update,
  securityUpdate,
];
