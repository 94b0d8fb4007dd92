import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

export const ticketRoutes = {
  createTicket: route({
    method: 'post',
    path: '/tickets',
    summary: 'A link for one download, for clients that cannot send headers; good once, for 60 s',
    access: 'user',
    scope: 'session',
    limit: 'download',
    audit: 'ticket.create',
    /** Below `/api`, query included: `/admin/backups/download/x.gz`. Whether the caller may have the file is checked when the link is used. */
    body: z.strictObject({ path: z.string().check(z.maxLength(2048), z.regex(/^\/[^\s#]*$/, 'a path below /api')) }),
    returns: z.object({ url: z.string(), expiresAt: Time }),
    status: 201,
  }),
};
