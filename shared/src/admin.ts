import * as z from 'zod/mini';
import { route } from './route.ts';

export const HealthStatus = z.enum(['ok', 'warn', 'failing']);

/** What can be the matter with a part: the stable name under which its sentence is translated. */
export const HEALTH_TROUBLES = [
  'health.not_looked_at',
  'health.database_readonly',
  'health.log_grown',
  'health.memory_full',
  'health.answers_slow',
  'health.disk_full',
  'health.disk_low',
  'health.job_failed',
  'health.job_late',
  'health.backup_none',
  'health.backup_old',
  'health.backup_failed',
  'health.backup_files_gone',
  'health.rehearsal_failed',
  'health.offsite_missing',
  'health.audit_broken',
  'health.monitor_silent',
  'health.monitor_late',
  'health.webhooks_off',
  'health.bot_conflict',
  'health.bot_unreachable',
  'health.bot_slow',
] as const;
export type HealthTrouble = (typeof HEALTH_TROUBLES)[number];

export const HealthCheck = z.object({
  key: z.string(),
  status: HealthStatus,
  /** Where something is the matter. */
  code: z.optional(z.enum(HEALTH_TROUBLES)),
  message: z.string(),
  fix: z.optional(z.string()),
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
});

export const DetailedHealth = z.object({
  /** The worst of the checks. */
  status: HealthStatus,
  checks: z.array(HealthCheck),
});
export type DetailedHealth = z.output<typeof DetailedHealth>;

export const adminRoutes = {
  readDetailedHealth: route({
    method: 'get',
    path: '/admin/health/detailed',
    summary: 'How every part of this installation does, with figures',
    access: 'super',
    returns: DetailedHealth,
  }),
};
