import { incidents } from './en/incidents.ts';
import { monitoring } from './en/monitoring.ts';
import { webhooks } from './en/webhooks.ts';

/** Of what comes later, the parts about watching servers and telling of it: `ru-watching.ts`. Read by types and tests only. */
export const watching = { incidents, monitoring, webhooks };

export type WatchingWords = typeof watching;
