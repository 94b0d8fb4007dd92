import type { AuditEntry } from '@clawmoor/shared/audit.ts';
import { audit as text } from '../../words/en/audit.ts';
import { auditActions } from '../../words/en/audit-actions.ts';

const actions: Partial<Record<string, string>> = auditActions;

/** What happened, in words; an action that this app does not know yet is one of "another" kind, and its name stands in the details. */
export const actionWord = (action: string): string => actions[action] ?? text.otherAction;

export const whoWord = ({ actor }: AuditEntry): string =>
  actor === null ? text.nobody : actor.id === null ? text.itself : (actor.name ?? actor.id);

/** A refusal is no fault: somebody was not allowed to, or the wrong one asked. */
export function resultOf({ result }: AuditEntry): { tone: 'good' | 'warn' | 'bad'; word: string } {
  if (result === 'ok') return { tone: 'good', word: text.done };
  return /^(auth|access)\./.test(result) ? { tone: 'warn', word: text.refused } : { tone: 'bad', word: text.failed };
}
