import type { Limit } from '@clawmoor/shared/route.ts';
import type { Logger } from 'pino';
import type { Pace } from '../features/notices/pace.ts';
import type { Clock } from '../lib/clock.ts';
import type { MakeId } from '../lib/id.ts';
import type { Announce } from '../lib/notice.ts';
import type { PlansParts } from './plans.ts';

/** What a test may put in the place of the real thing: time, ids, names, the log. */
export interface Overrides {
  clock?: Clock;
  makeId?: MakeId;
  log?: Logger;
  resolve?: (host: string) => Promise<string[]>;
  databaseFile?: string;
  limits?: Partial<Record<Limit, number>>;
  /** How long a statement waits for another process's write lock. */
  busyTimeoutMs?: number;
  /** Free and whole bytes of the disk that holds a folder. */
  measureDisk?: (folder: string) => Promise<{ free: number; total: number }>;
  gatewayBackWithinMs?: number;
  /** Takes the place of whoever tells people. */
  announce?: Announce;
  /** Kinds of tasks besides the app's own. */
  morePlans?: PlansParts['morePlans'];
  /** Seconds that an update of OpenClaw waits for this and that. */
  updateLimits?: PlansParts['updateLimits'];
  /** In the place of the port that the local trial's Ollama has. */
  trialOllamaPort?: number;
  /** Where the built document search is. */
  ragdBundles?: string;
  /** How fast messages leave. */
  pace?: Partial<Pace>;
}
