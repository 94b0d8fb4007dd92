import type { Budget } from '@clawmoor/shared/budgets.ts';

/** How much of a budget is gone, in percent: what was acted upon, or what was spent since. */
export const shareOf = ({ reached, spentUsd, limitUsd }: Pick<Budget, 'reached' | 'spentUsd' | 'limitUsd'>): number =>
  Math.max(reached, Math.floor(((spentUsd ?? 0) / limitUsd) * 100));

export const toneOf = (share: number): 'good' | 'warn' | 'bad' => (share >= 95 ? 'bad' : share >= 50 ? 'warn' : 'good');
