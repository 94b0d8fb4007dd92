import { authRoutes } from './auth.ts';
import { healthRoutes } from './health.ts';
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
  ...taskRoutes,
  ...ticketRoutes,
} satisfies Record<string, Route>;

export type Api = typeof api;
