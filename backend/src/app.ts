import express, { type Express } from 'express';
import { api } from '@clawmoor/shared/api.ts';
import { databaseProblem } from './adapters/sqlite/database.ts';
import { createAccess } from './http/access.ts';
import { answerErrors, unknownPath } from './http/errors.ts';
import type { Handlers } from './http/handlers.ts';
import { mount } from './http/mount.ts';
import { createLimits } from './http/rate-limit.ts';
import { requestId } from './http/request-id.ts';
import { securityHeaders } from './http/security-headers.ts';
import { staticFiles } from './http/static-files.ts';
import { authHandlers } from './routes/auth.ts';
import { healthHandlers } from './routes/health.ts';
import { openclawHandlers } from './routes/openclaw.ts';
import { serverHandlers } from './routes/servers.ts';
import { setupHandlers } from './routes/setup.ts';
import { taskHandlers } from './routes/tasks.ts';
import { ticketHandlers } from './routes/tickets.ts';
import type { World } from './world.ts';

/** Express with its middleware in order: id, headers, operations, 404, web app, errors. */
export function createApp(world: World): Express {
  const { config, log } = world;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.trustProxy);
  app.use(requestId, securityHeaders({ domain: config.domain }));
  const router = express.Router({ caseSensitive: true });
  mount(router, api, handlersOf(world), {
    readToken: world.auth.readToken,
    readTicket: world.tickets.redeem,
    askGateway: world.gateways.request,
    checkAccess: createAccess({ roleOf: world.members.roleOf, serverOfTask: world.tasks.serverOf }),
    limits: createLimits(world.limits),
    record: world.audit.record,
    stopping: world.stopping.signal,
  });
  app.use('/api', router, unknownPath);
  app.use(staticFiles(world.webFolder));
  app.use(unknownPath);
  app.use(answerErrors(log, databaseProblem));
  return app;
}

function handlersOf(world: World): Handlers<typeof api> {
  return {
    ...healthHandlers(world.health),
    ...authHandlers(world.signIn),
    ...serverHandlers(world),
    ...setupHandlers(world),
    ...openclawHandlers(world),
    ...taskHandlers({ tasks: world.tasks, serversOf: world.members.serversOf }),
    ...ticketHandlers(world),
  };
}
