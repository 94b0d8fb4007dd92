import type { WatchedKind, WatchedRules } from '@clawmoor/shared/monitoring.ts';
import type { Severity } from '@clawmoor/shared/notice.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Counters, Look } from '../../lib/look.ts';
import type { Hole } from '../../lib/node-packages.ts';

/** One trouble that stands now. */
export interface Finding {
  /** What it is about within the server; two findings of a rule differ in it. Empty: the server as a whole. */
  about: string;
  severity: Severity;
  /** People are told again when it changes, as they are when the severity does. */
  stage?: string;
  /** What the sentence of its kind fills in. Never a secret. */
  facts: Record<string, string | number>;
}

/** All that a rule may look at. */
export interface Seen {
  look: Look;
  rules: WatchedRules;
  /** What the counters stood at in the last looks, the oldest first, this look's last. */
  history: readonly Reading[];
  /** What the budgets of the server had reached at their last check. */
  budgets: readonly BudgetFacts[];
  /** The newest OpenClaw, where that is known. */
  newest: Newest | undefined;
  /** A task of ours works on the server: a gateway that does not answer meanwhile is no trouble. */
  working: boolean;
  /** What is kept from running on purpose, by the kill switch or a budget: that it does not run is no trouble either. */
  held: { gateway: boolean; agents: boolean };
}

export interface Reading extends Counters {
  at: number;
}

export interface BudgetFacts {
  id: string;
  agentId: string | null;
  reached: number;
  spentUsd: number | null;
  limitUsd: number;
}

export interface Newest {
  version: string;
  /** Known holes of OpenClaw; `undefined` where the registry does not say. */
  holes: readonly Hole[] | undefined;
}

/** One kind of trouble that a look can see. Adding a rule is one such object, a line in `rules/list.ts`, and its defaults. */
export interface Rule {
  kind: WatchedKind;
  /** Who is told: everybody with at least this role. */
  tells: Role;
  /** So many looks in a row must find it before it opens. */
  confirm: (rules: WatchedRules) => number;
  /** So many looks in a row must not find it any more before it resolves. */
  clear: number;
  /** The troubles that stand; `undefined`: this look cannot tell. `open` are those that stand already, for thresholds with some play. */
  find: (seen: Seen, open: ReadonlySet<string>) => Finding[] | undefined;
}

/** How much a counter has grown within the last `withinMs`; a new start of the machine, or of the counter, begins at 0 again. */
export function grownWithin(history: readonly Reading[], count: 'oomKills' | 'restarts', withinMs: number): number {
  const last = history.at(-1);
  if (!last) return 0;
  let grown = 0;
  for (const [index, now] of history.entries()) {
    const before = history[index - 1];
    if (!before || now.at < last.at - withinMs) continue;
    const [to, from] = [now[count] ?? 0, before[count] ?? now[count] ?? 0];
    grown += before.bootId === now.bootId && to >= from ? to - from : to;
  }
  return grown;
}
