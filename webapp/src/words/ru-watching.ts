import type { WatchingWords } from './en-watching.ts';
import { incidents } from './ru/incidents.ts';
import { monitoring } from './ru/monitoring.ts';
import { webhooks } from './ru/webhooks.ts';

/** Russian for watching servers and telling of it, whole: a key that is missing does not compile. */
export const ruWatching: WatchingWords = { incidents, monitoring, webhooks };
