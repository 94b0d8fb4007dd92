import * as z from 'zod/mini';
import { route } from './route.ts';

export const Health = z.object({ status: z.enum(['ok', 'failing']), version: z.string(), trial: z.boolean() });

export const healthRoutes = {
  readHealth: route({ method: 'get', path: '/health', summary: 'Whether the service works', access: 'public', returns: Health }),
  readLiveness: route({
    method: 'get',
    path: '/health/live',
    summary: 'Whether the process answers',
    access: 'public',
    returns: z.object({ status: z.literal('ok') }),
  }),
  readReadiness: route({
    method: 'get',
    path: '/health/ready',
    summary: 'Whether requests should be sent here: 503 while stopping or when the database cannot be used, 507 when the disk is full',
    access: 'public',
    returns: z.object({ status: z.literal('ok') }),
  }),
  readDocs: route({
    method: 'get',
    path: '/docs',
    summary: 'This API as a page to read; the page itself is empty until you sign in on it',
    access: 'public',
    sends: 'page',
  }),
  readOpenApi: route({
    method: 'get',
    path: '/openapi.json',
    summary: 'This API as an OpenAPI 3.1 document',
    access: 'user',
    returns: z.looseObject({ openapi: z.string() }),
  }),
};
