import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

export const dashboardRoutes = {
  linkDashboard: route({
    method: 'get',
    path: '/servers/:id/openclaw/dashboard-url',
    summary: "A link that opens the gateway's own web page, good once within a minute",
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.dashboard_link',
    returns: z.object({ url: z.string(), expiresAt: Time }),
  }),
};
