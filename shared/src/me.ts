import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

export const Session = z.object({
  id: z.string(),
  /** The session that asks. */
  current: z.boolean(),
  createdAt: Time,
  /** When its token was last renewed; a token lasts 15 minutes. */
  lastUsedAt: Time,
  /** It ends then in any case. */
  expiresAt: Time,
  userAgent: z.nullable(z.string()),
  ip: z.nullable(z.string()),
});
export type Session = z.output<typeof Session>;

/** `22:00`, on the clock of the person's own time zone. */
const ClockTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00'));

const TimeZone = z.string().check(z.minLength(1), z.maxLength(64), z.refine(isTimeZone, 'not a time zone such as Europe/Berlin'));

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Over midnight where `start` is later than `end`; the whole day where they are the same. */
const quietHours = { enabled: z.boolean(), start: ClockTime, end: ClockTime, timeZone: TimeZone, allowCritical: z.boolean() };
export const QuietHours = z.object(quietHours);
export type QuietHours = z.output<typeof QuietHours>;

export const Language = z.enum(['en', 'ru']);

export const NotificationPrefs = z.object({
  /** Nothing is sent at all, critical or not. */
  muted: z.boolean(),
  mutedServers: z.array(z.string()),
  /** A kind that is not named is sent. */
  kinds: z.record(z.string(), z.boolean()),
  quietHours: QuietHours,
  /** Wins over the language of the Telegram client. */
  language: z.nullable(Language),
});
export type NotificationPrefs = z.output<typeof NotificationPrefs>;

const KindName = z.string().check(z.regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'not the name of a kind'));

/** What is left out stays; `kinds` and `quietHours` are taken in part as well, `mutedServers` as a whole. */
export const ChangedNotificationPrefs = z.strictObject({
  muted: z.optional(z.boolean()),
  mutedServers: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(z.maxLength(200))),
  kinds: z.optional(z.record(KindName, z.boolean()).check(z.refine((kinds) => Object.keys(kinds).length <= 64, 'at most 64 kinds'))),
  quietHours: z.optional(z.partial(z.strictObject(quietHours))),
  language: z.optional(z.nullable(Language)),
});
export type ChangedNotificationPrefs = z.output<typeof ChangedNotificationPrefs>;

export const meRoutes = {
  listMySessions: route({
    method: 'get',
    path: '/me/sessions',
    summary: 'Where you are signed in',
    access: 'user',
    scope: 'session',
    returns: z.object({ sessions: z.array(Session) }),
  }),
  endOtherSessions: route({
    method: 'delete',
    path: '/me/sessions',
    summary: 'Sign out everywhere else',
    access: 'user',
    scope: 'session',
    audit: 'session.revoke_others',
    status: 204,
  }),
  endSession: route({
    method: 'delete',
    path: '/me/sessions/:sessionId',
    summary: 'End one of your sessions; its open feeds end with it',
    access: 'user',
    scope: 'session',
    audit: 'session.revoke',
    status: 204,
  }),
  readNotificationPrefs: route({
    method: 'get',
    path: '/me/notification-prefs',
    summary: 'What you are told about, and when',
    access: 'user',
    returns: NotificationPrefs,
  }),
  changeNotificationPrefs: route({
    method: 'put',
    path: '/me/notification-prefs',
    summary: 'Change what you are told about, whole or in part',
    access: 'user',
    audit: 'prefs.change',
    body: ChangedNotificationPrefs,
    returns: NotificationPrefs,
  }),
};
