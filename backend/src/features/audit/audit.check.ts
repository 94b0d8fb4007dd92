import type { Check } from '../../lib/check.ts';
import { iso } from '../../lib/clock.ts';
import type { Audit } from './audit.ts';

/** Whether the audit log's chain of hashes was whole when it was last walked (hourly what is new, every week all of it). */
export function auditCheck(audit: Audit): Check {
  return {
    key: 'audit_chain',
    async look() {
      const checked = (await audit.chain.last()) ?? (await audit.chain.check({ whole: false }));
      const values = { checkedAt: iso(checked.at), checkedTo: checked.id, brokenAt: checked.brokenAt ?? null };
      if (checked.brokenAt !== undefined) {
        return {
          status: 'failing',
          code: 'health.audit_broken',
          message: `The audit log does not fit together at entry ${checked.brokenAt}: it was changed past Clawmoor`,
          fix: 'Keep a copy of the database, find who had access to it, and compare with a backup: npm run audit:verify',
          values,
        };
      }
      return { status: 'ok', message: `The chain was whole up to entry ${checked.id}`, values };
    },
  };
}
