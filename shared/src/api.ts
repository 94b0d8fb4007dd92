import { approvalRoutes } from './approvals.ts';
import { authRoutes } from './auth.ts';
import { budgetRoutes } from './budgets.ts';
import { healthRoutes } from './health.ts';
import { killSwitchRoutes } from './kill-switch.ts';
import { cronRoutes } from './openclaw-cron.ts';
import { dailyRoutes } from './openclaw-daily.ts';
import { modelRoutes } from './openclaw-models.ts';
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
  ...cronRoutes,
  ...dailyRoutes,
  ...modelRoutes,
  ...budgetRoutes,
  ...approvalRoutes,
  ...killSwitchRoutes,
  ...taskRoutes,
  ...ticketRoutes,
} satisfies Record<string, Route>;

export type Api = typeof api;
