/**
 * What people can be told of. The names stand in `PUT /me/notification-prefs {kinds}`, in incidents and in outgoing webhooks.
 */
export const NOTICE_KINDS = [
  'unreachable',
  'gateway_down',
  'crash_loop',
  'disk',
  'memory',
  'out_of_memory',
  'host_key',
  'model_auth',
  'channel',
  'cron',
  'stuck_session',
  'budget',
  'update',
  'security_update',
  'approval',
  'task',
  'backup',
  'access',
  'webhook',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
