import { incidents } from './en/incidents.ts';
import { monitoring } from './en/monitoring.ts';
import { plugins } from './en/plugins.ts';
import { webhooks } from './en/webhooks.ts';

/** Of what comes later, the parts about watching servers, telling of it, and plugins: `ru-watching.ts`. Read by types and tests only. */
export const watching = { incidents, monitoring, plugins, webhooks };

export type WatchingWords = typeof watching;
