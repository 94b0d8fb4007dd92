import type { ChangedRules, WatchedRules } from '@clawmoor/shared/monitoring.ts';

/** What incidents open at where nobody has chosen otherwise. */
export const DEFAULT_RULES: WatchedRules = {
  unreachable: { enabled: true, looks: 2 },
  gateway_down: { enabled: true, looks: 2 },
  crash_loop: { enabled: true, restarts: 3 },
  disk: { enabled: true, warning: 85, critical: 95 },
  memory: { enabled: true, percent: 92, looks: 5 },
  out_of_memory: { enabled: true },
  host_key: { enabled: true },
  model_auth: { enabled: true, warningHours: 72, criticalHours: 24 },
  channel: { enabled: true, looks: 3 },
  cron: { enabled: true, failures: 2 },
  stuck_session: { enabled: true, minutes: 30 },
  budget: { enabled: true },
  update: { enabled: true },
  security_update: { enabled: true },
  approval: { enabled: true },
};

/** `rules` with what somebody has chosen; of each kind only what is named. */
export function withChanges(rules: WatchedRules, changes: ChangedRules): WatchedRules {
  const kinds = Object.keys(rules) as (keyof WatchedRules)[];
  // Each kind keeps its own shape: the changes are partial objects of the same one.
  return Object.fromEntries(kinds.map((kind) => [kind, { ...rules[kind], ...changes[kind] }])) as unknown as WatchedRules;
}
