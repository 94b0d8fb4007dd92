import type { NotificationPrefs } from '@clawmoor/shared/me.ts';

export interface NotificationQuestion {
  prefs: NotificationPrefs;
  kind: string;
  /** The server that it is about, where it is about one. */
  serverId?: string | undefined;
  critical: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Whether a person wants to be told this now. Critical news pass quiet hours where they said so; what is muted stays muted. */
export function mayNotify({ prefs, kind, serverId, critical, now }: NotificationQuestion): boolean {
  if (prefs.muted) return false;
  if (serverId !== undefined && prefs.mutedServers.includes(serverId)) return false;
  // A kind may have any name: `constructor` must not find what every object has.
  if (Object.hasOwn(prefs.kinds, kind) && prefs.kinds[kind] === false) return false;
  return !isQuiet(prefs, now) || (critical && prefs.quietHours.allowCritical);
}

/**
 * Whether it is quiet at this moment. It asks what the clock on the person's wall shows: where summer time leaves an hour
 * out or repeats one, the answer follows that clock and no difference of hours is ever reckoned.
 */
export function isQuiet({ quietHours }: Pick<NotificationPrefs, 'quietHours'>, now: number): boolean {
  const { enabled, start, end, timeZone } = quietHours;
  if (!enabled) return false;
  if (start === end) return true;
  const shown = wallClock(timeZone).format(now);
  return start < end ? start <= shown && shown < end : shown >= start || shown < end;
}

// Making one takes about 50 µs and 10 kB; there are about 420 time zones.
const clocks = new Map<string, Intl.DateTimeFormat>();

/** `09:05`: two digits each, so that times compare as text. */
function wallClock(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (clocks.size < 1_000) clocks.set(timeZone, made);
  return made;
}
