import type { adminRoutes, DetailedHealth } from '@clawmoor/shared/admin.ts';
import type { Handlers } from '../http/handlers.ts';

export const adminHandlers = ({ lookAtAll }: { lookAtAll: () => Promise<DetailedHealth> }): Handlers<typeof adminRoutes> => ({
  readDetailedHealth: () => lookAtAll(),
});
