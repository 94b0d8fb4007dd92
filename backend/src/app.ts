import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import express, { type Express } from 'express';
import { api } from '@clawmoor/shared/api.ts';
import { databaseProblem } from './adapters/sqlite/database.ts';
import { createAccess } from './http/access.ts';
import { answerErrors, unknownPath } from './http/errors.ts';
import type { Handlers } from './http/handlers.ts';
import { botWebhook } from './http/bot-webhook.ts';
import { metricsPage } from './http/metrics.ts';
import { mount } from './http/mount.ts';
import { createPeerMarks, peerAddress } from './http/peer.ts';
import { createLimits } from './http/rate-limit.ts';
import { requestId } from './http/request-id.ts';
import { securityHeaders } from './http/security-headers.ts';
import { commandLineFile, staticFiles } from './http/static-files.ts';
import { accessHandlers } from './routes/access.ts';
import { authHandlers } from './routes/auth.ts';
import { deviceHandlers } from './routes/device.ts';
import { adminHandlers } from './routes/admin.ts';
import { auditHandlers } from './routes/audit.ts';
import { backupHandlers } from './routes/backups.ts';
import { healthHandlers } from './routes/health.ts';
import { incidentHandlers } from './routes/incidents.ts';
import { invitationHandlers } from './routes/invitations.ts';
import { meHandlers } from './routes/me.ts';
import { createDashboardServer } from './http/dashboard.ts';
import { dashboardHandlers } from './routes/dashboard.ts';
import { monitoringHandlers } from './routes/monitoring.ts';
import { openclawBackupHandlers } from './routes/openclaw-backups.ts';
import { openclawUpdateHandlers } from './routes/openclaw-update.ts';
import { openclawConfigHandlers } from './routes/openclaw-config.ts';
import { approvalHandlers, budgetHandlers, killSwitchHandlers } from './routes/openclaw-control.ts';
import { cronHandlers, dailyHandlers, modelHandlers } from './routes/openclaw-daily.ts';
import { openclawHandlers } from './routes/openclaw.ts';
import { agentHandlers } from './routes/openclaw-agents.ts';
import { channelHandlers } from './routes/openclaw-channels.ts';
import { chatHandlers } from './routes/openclaw-chat.ts';
import { pluginHandlers } from './routes/openclaw-plugins.ts';
import { sessionHandlers } from './routes/openclaw-sessions.ts';
import { skillHandlers } from './routes/openclaw-skills.ts';
import { ollamaHandlers } from './routes/ollama.ts';
import { ragHandlers } from './routes/rag.ts';
import { serverHandlers } from './routes/servers.ts';
import { setupHandlers } from './routes/setup.ts';
import { taskHandlers } from './routes/tasks.ts';
import { ticketHandlers } from './routes/tickets.ts';
import { webhookHandlers } from './routes/webhooks.ts';
import type { World } from './world.ts';

/** Express with its middleware in order: id, headers, operations, 404, web app, errors. */
export function createApp(world: World): Express {
  const { config, log } = world;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.trustProxy);
  if (config.peerAddress !== undefined) app.use(peerAddress(createPeerMarks(config.jwtKey)));
  app.use(requestId, securityHeaders({ domain: config.domain }));
  const router = express.Router({ caseSensitive: true });
  mount(router, api, handlersOf(world), {
    readToken: world.readToken,
    readTicket: world.tickets.redeem,
    askGateway: world.gateways.request,
    redeemStepUp: world.stepUp.redeem,
    rights: world.rights,
    checkAccess: createAccess({
      roleOf: world.members.roleOf,
      serverOfTask: world.tasks.serverOf,
      serverOfIncident: world.watching.incidents.serverOf,
    }),
    limits: createLimits(world.limits),
    record: world.audit.record,
    feeds: world.feeds,
    stopping: world.stopping.signal,
  });
  router.post('/bot/webhook', ...botWebhook(world.told.botWebhook));
  app.use('/api', router, unknownPath);
  app.get('/metrics', metricsPage({ token: config.metricsToken, read: world.admin.metrics }));
  app.get('/clawmoor.mjs', commandLineFile(world.commandLine));
  app.use(staticFiles(world.webFolder));
  app.use(unknownPath);
  const explain = (error: unknown) => {
    const problem = databaseProblem(error);
    if (problem?.code === 'storage.full') world.admin.disk.noteFull();
    return problem;
  };
  app.use(answerErrors(log, explain));
  return app;
}

// A header that trickles in, or a body that never ends, must not hold a socket for ever; streams have no such limit. Uploads from a phone
// take longer than other bodies, and end when they are silent.
const TIMEOUTS = { headersTimeout: 20_000, requestTimeout: 30 * 60_000, keepAliveTimeout: 65_000 };
const BODY_WITHIN_MS = 60_000;

/** What listens: the application, and by their own host names the web pages of gateways. `only: 'dashboards'` serves nothing else. */
export const createFront = (world: World, options?: { only?: 'dashboards' }): Server => serverOf(frontOf(world, options));

export interface Front {
  request: RequestListener;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** What answers requests and opens sockets; a server's may be exchanged while it listens. */
export function frontOf(world: World, { only }: { only?: 'dashboards' } = {}): Front {
  const { dashboards, ui, log, stopping } = world;
  const pages = createDashboardServer({ dashboards, ui, log, stopping: stopping.signal });
  const app = only === undefined ? createApp(world) : pages.request;
  return {
    request: (request, response) => {
      endSlowBody(request, response);
      void (pages.isHere(request) ? pages.request : app)(request, response);
    },
    upgrade: pages.upgrade,
  };
}

export const serverOf = ({ request, upgrade }: Front): Server => createServer(TIMEOUTS, request).on('upgrade', upgrade);

/** From now on another front answers; what is under way comes to its end. */
export function exchangeFront(server: Server, { request, upgrade }: Front): void {
  server.removeAllListeners('request').on('request', request);
  server.removeAllListeners('upgrade').on('upgrade', upgrade);
}

function endSlowBody(request: IncomingMessage, response: ServerResponse): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding, 'content-type': type = '' } = request.headers;
  if (length === '0' && encoding === undefined) return;
  const isUpload = type.startsWith('multipart/form-data');
  const look = (): void => void (request.complete || (isUpload && !response.writableEnded) || request.destroy());
  const timer = setTimeout(look, BODY_WITHIN_MS).unref();
  request.once('close', () => clearTimeout(timer));
}

function handlersOf(world: World): Handlers<typeof api> {
  return {
    ...healthHandlers(world.health),
    ...authHandlers(world.signIn),
    ...deviceHandlers(world),
    ...meHandlers(world),
    ...accessHandlers(world),
    ...invitationHandlers(world),
    ...serverHandlers(world),
    ...setupHandlers(world),
    ...ragHandlers(world),
    ...ollamaHandlers(world),
    ...openclawHandlers(world),
    ...agentHandlers(world),
    ...sessionHandlers(world),
    ...chatHandlers(world),
    ...skillHandlers(world),
    ...pluginHandlers(world),
    ...channelHandlers(world),
    ...openclawConfigHandlers(world),
    ...openclawBackupHandlers(world),
    ...openclawUpdateHandlers(world),
    ...dashboardHandlers(world),
    ...cronHandlers(world),
    ...dailyHandlers(world),
    ...modelHandlers(world),
    ...budgetHandlers(world),
    ...approvalHandlers(world),
    ...killSwitchHandlers(world),
    ...webhookHandlers(world),
    ...monitoringHandlers(world.watching),
    ...incidentHandlers({ ...world.watching, ...world.members }),
    ...taskHandlers({ tasks: world.tasks, serversOf: world.members.serversOf }),
    ...ticketHandlers(world),
    ...auditHandlers(world),
    ...backupHandlers(world.admin),
    ...adminHandlers(world.admin),
  };
}
