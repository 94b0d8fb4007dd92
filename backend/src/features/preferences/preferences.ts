import { NotificationPrefs, type ChangedNotificationPrefs } from '@clawmoor/shared/me.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Database } from '../../lib/tables.ts';
import { preferencesStore } from './preferences.store.ts';

export interface PreferencesParts {
  db: Database;
  clock: Clock;
  serversOf: (userId: string) => Promise<string[]>;
}

const MOST_KINDS = 64;

export type Preferences = ReturnType<typeof createPreferences>;

const INITIAL: NotificationPrefs = {
  muted: false,
  mutedServers: [],
  kinds: {},
  quietHours: { enabled: false, start: '22:00', end: '07:00', timeZone: 'UTC', allowCritical: true },
  language: null,
};

/** What each person wants to be told, when, and in which language. */
export function createPreferences({ db, clock, serversOf }: PreferencesParts) {
  const store = preferencesStore(db);

  /** Of servers that they may not see any more, nothing is said. */
  async function read(userId: string): Promise<NotificationPrefs> {
    const prefs = parse(await store.notifications(userId));
    if (prefs.mutedServers.length === 0) return prefs;
    const visible = new Set(await serversOf(userId));
    return { ...prefs, mutedServers: prefs.mutedServers.filter((id) => visible.has(id)) };
  }

  return {
    read,
    /** Takes a change whole or in part. Throws `server.not_found` for a server that the person may not see. */
    async change(userId: string, change: ChangedNotificationPrefs): Promise<NotificationPrefs> {
      const visible = new Set(change.mutedServers?.length ? await serversOf(userId) : []);
      if (change.mutedServers?.some((id) => !visible.has(id))) {
        throw new Problem('server.not_found', 'There is no such server, or it is not shared with you');
      }
      await store.change(userId, clock.now(), (stored) => {
        const merged = merge(parse(stored), change);
        if (Object.keys(merged.kinds).length > MOST_KINDS) throw tooManyKinds();
        return JSON.stringify(merged);
      });
      return read(userId);
    },
  };
}

const tooManyKinds = (): Problem =>
  new Problem('request.invalid', `The request is not valid: kinds: at most ${MOST_KINDS}`, {
    issues: [{ path: 'kinds', message: `at most ${MOST_KINDS}` }],
  });

const parse = (stored: string | undefined): NotificationPrefs =>
  stored === undefined ? INITIAL : NotificationPrefs.parse(JSON.parse(stored));

function merge(
  prefs: NotificationPrefs,
  { muted, mutedServers, kinds, quietHours, language }: ChangedNotificationPrefs,
): NotificationPrefs {
  return {
    muted: muted ?? prefs.muted,
    mutedServers: mutedServers ? [...new Set(mutedServers)] : prefs.mutedServers,
    kinds: { ...prefs.kinds, ...kinds },
    quietHours: { ...prefs.quietHours, ...withoutUndefined(quietHours) },
    language: language === undefined ? prefs.language : language,
  };
}

type QuietChange = ChangedNotificationPrefs['quietHours'];

function withoutUndefined(change: QuietChange): Partial<NotificationPrefs['quietHours']> {
  return Object.fromEntries(Object.entries(change ?? {}).filter(([, value]) => value !== undefined));
}
