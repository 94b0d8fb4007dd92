import type { Notice } from '../../lib/notice.ts';

/**
 * What an announcement does to what was announced of its subject before: nothing where it is known already or came too late, a change,
 * or a new beginning of something that was over.
 */
export function follow(before: Notice | undefined, notice: Notice): 'ignore' | 'begin' | 'change' {
  if (!before) return notice.phase === 'resolved' ? 'ignore' : 'begin';
  if (notice.at < before.at) return 'ignore';
  if (before.phase === 'once') return 'ignore';
  // Its end was told before it was known who has brought it about.
  if (before.phase === 'resolved' && notice.phase === 'resolved')
    return before.facts['what'] === undefined && notice.facts['what'] !== undefined ? 'change' : 'ignore';
  if (hasReturned(before, notice)) return 'change';
  if (before.phase === 'resolved') return notice.phase === 'opened' && notice.at > before.at ? 'begin' : 'ignore';
  if (notice.phase === 'changed') return notice.at > before.at || before.phase === 'opened' ? 'change' : 'ignore';
  return notice.phase === 'resolved' ? 'change' : 'ignore';
}

const returns = ({ facts }: Notice): number => Number(facts['returned'] ?? 0);

/** It was over, and is back so soon that it counts as the same. A change that was on its way when it ended is none. */
export const hasReturned = (before: Notice, notice: Notice): boolean =>
  before.phase === 'resolved' && notice.phase === 'changed' && returns(notice) > returns(before);
