import { ChangedRules, type WatchedRules } from '@clawmoor/shared/monitoring.ts';
import { DEFAULT_RULES, withChanges } from '../../lib/watch-settings.ts';
import { thresholdsCross } from './monitor.problems.ts';
import type { MonitoringRow, monitorStore } from './monitor.store.ts';

export interface WatchSettings {
  enabled: boolean;
  rules: WatchedRules;
}

export type Settings = ReturnType<typeof createSettings>;

/** Whether a server is watched, and what its incidents open at. Only what differs from the defaults is stored. */
export function createSettings(store: ReturnType<typeof monitorStore>) {
  const read = async (serverId: string): Promise<WatchSettings> => settingsOf(await store.get(serverId));
  return {
    read,
    /** Throws `monitoring.thresholds` where a warning would come after what is critical. */
    async change(
      serverId: string,
      { enabled, rules = {} }: { enabled?: boolean | undefined; rules?: ChangedRules | undefined },
    ): Promise<WatchSettings> {
      const row = await store.ensure(serverId);
      const earlier = changesOf(row);
      const changes = Object.fromEntries(
        Object.entries({ ...earlier, ...rules }).map(([kind]) => {
          const name = kind as keyof ChangedRules; // the names of two of its kind
          return [name, { ...earlier[name], ...rules[name] }];
        }),
      );
      refuseCrossed(withChanges(DEFAULT_RULES, changes));
      await store.update(serverId, { rules: JSON.stringify(changes), ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }) });
      return read(serverId);
    },
  };
}

export const settingsOf = (row: MonitoringRow | undefined): WatchSettings => ({
  enabled: row?.enabled !== 0,
  rules: withChanges(DEFAULT_RULES, changesOf(row)),
});

/** A version before or after this one may know other kinds: what does not fit any more counts as not chosen. */
function changesOf(row: MonitoringRow | undefined): ChangedRules {
  const parsed = ChangedRules.safeParse(JSON.parse(row?.rules ?? '{}'));
  return parsed.success ? parsed.data : {};
}

function refuseCrossed({ disk, model_auth }: WatchedRules): void {
  if (disk.warning >= disk.critical) throw thresholdsCross('disk');
  if (model_auth.warningHours <= model_auth.criticalHours) throw thresholdsCross('model_auth');
}
