import { approvals } from './en/approvals.ts';
import { logs } from './en/logs.ts';

/** The parts of screens whose words come after the first paint in other languages: `ru-later.ts`. Read by types and tests only. */
export const later = { approvals, logs };

export type LaterWords = typeof later;
