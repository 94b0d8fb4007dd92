import type { LaterWords } from './en-later.ts';
import { approvals } from './ru/approvals.ts';
import { logs } from './ru/logs.ts';

/** Russian for the screens that come later, whole: a key that is missing does not compile. */
export const ruLater: LaterWords = { approvals, logs };
