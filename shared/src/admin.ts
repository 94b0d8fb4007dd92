import * as z from 'zod/mini';
import { route } from './route.ts';

export const HealthStatus = z.enum(['ok', 'warn', 'failing']);

export const HealthCheck = z.object({
  key: z.string(),
  status: HealthStatus,
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
