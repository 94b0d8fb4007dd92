import type { WatchingWords } from './en-watching.ts';
import { incidents } from './ru/incidents.ts';
import { monitoring } from './ru/monitoring.ts';
import { plugins } from './ru/plugins.ts';
import { webhooks } from './ru/webhooks.ts';

/** Russian for watching servers, telling of it, and plugins, whole: a key that is missing does not compile. */
export const ruWatching: WatchingWords = { incidents, monitoring, plugins, webhooks };
