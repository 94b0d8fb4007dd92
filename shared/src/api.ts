import { authRoutes } from './auth.ts';
import { dashboardRoutes } from './dashboard.ts';
import { healthRoutes } from './health.ts';
import { openclawConfigRoutes } from './openclaw-config.ts';
import { openclawBackupRoutes } from './openclaw-backups.ts';
import { openclawDiagnosisRoutes } from './openclaw-diagnosis.ts';
import { openclawRoutes } from './openclaw.ts';
import type { Route } from './route.ts';
import { serverRoutes } from './servers.ts';
import { setupRoutes } from './setup.ts';
import { taskRoutes } from './tasks.ts';
import { ticketRoutes } from './tickets.ts';

/** Every operation of the API, by name. Their paths are below `/api`. */
export const api = {
  ...healthRoutes,
  ...authRoutes,
  ...serverRoutes,
  ...setupRoutes,
  ...openclawRoutes,
  ...openclawConfigRoutes,
  ...openclawBackupRoutes,
  ...openclawDiagnosisRoutes,
  ...dashboardRoutes,
  ...taskRoutes,
  ...ticketRoutes,
} satisfies Record<string, Route>;

export type Api = typeof api;
