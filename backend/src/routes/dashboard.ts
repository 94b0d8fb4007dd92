import type { dashboardRoutes } from '@clawmoor/shared/dashboard.ts';
import type { Dashboards } from '../features/dashboard/dashboard.ts';
import type { Handlers } from '../http/handlers.ts';

export function dashboardHandlers({ dashboards }: { dashboards: Dashboards }): Handlers<typeof dashboardRoutes> {
  return {
    linkDashboard: async ({ id }, { caller }) => dashboards.link(id, caller),
  };
}
