import type { HealthTrouble } from '@clawmoor/shared/admin.ts';

/** What one look at a part of the installation has shown. */
export interface CheckResult {
  status: 'ok' | 'warn' | 'failing';
  /** What is the matter, unless the part does well. */
  code?: HealthTrouble;
  /** One short sentence. */
  message: string;
  /** What to do about it, where something is to be done. */
  fix?: string;
  /** The figures behind it; the numbers among them are metrics too. */
  values: Record<string, number | string | boolean | null>;
}

/** One line of the detailed health. Adding a part's check to the list in `world/admin.ts` shows it everywhere. */
export interface Check {
  key: string;
  look: () => CheckResult | Promise<CheckResult>;
}
