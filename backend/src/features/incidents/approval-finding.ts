import type { Approval } from '@clawmoor/shared/approvals.ts';
import { visible } from '../../lib/hostile-text.ts';
import { redactLine } from '../../lib/redact.ts';
import type { Finding } from './rule.ts';

// With what stands around it, it fits into a message.
const LONGEST = 240;

/**
 * A command that waits, as people are told of it. `whole` is 1 where the message shows every character of it and nothing speaks
 * against it: only then may it be allowed by a button under the message.
 */
export function approvalFinding({ id, command, agentId, clipped, warnings, decisions }: Approval): Finding {
  const shown = redactLine(command);
  const short = shown.length > LONGEST ? `${shown.slice(0, LONGEST)} …` : shown;
  const isPlain = short === command && visible(command) === command && !command.includes('\\u{');
  const isWhole = isPlain && !clipped && warnings.length === 0 && decisions.includes('allow-once');
  return {
    about: id,
    severity: 'warning',
    facts: { approvalId: id, command: short, whole: isWhole ? 1 : 0, ...(agentId !== null && { agent: agentId }) },
  };
}
