import type { cronRoutes } from '@clawmoor/shared/openclaw-cron.ts';
import type { dailyRoutes } from '@clawmoor/shared/openclaw-daily.ts';
import type { modelRoutes } from '@clawmoor/shared/openclaw-models.ts';
import type { CronJobs } from '../features/cron/cron.ts';
import type { Logs } from '../features/logs/logs.ts';
import type { Models } from '../features/models/models.ts';
import { lastDays, readUsage } from '../features/usage/usage.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RequestContext } from '../lib/caller.ts';
import type { Clock } from '../lib/clock.ts';
import type { Gateways } from '../lib/gateway.ts';

const roleIn = ({ server }: RequestContext) => server?.role ?? 'viewer';
const asking = (serverId: string, context: RequestContext) => ({ serverId, role: roleIn(context), signal: context.signal });

export function cronHandlers({ cronJobs }: { cronJobs: CronJobs }): Handlers<typeof cronRoutes> {
  return {
    listCronJobs: ({ id }, context) => cronJobs.list(asking(id, context)),
    async createCronJob({ id, body }, { signal, note }) {
      note({ after: body });
      const job = await cronJobs.create(id, body, signal);
      note({ target: job.id });
      return job;
    },
    async changeCronJob({ id, jobId, body }, context) {
      context.note({ target: jobId, before: await cronJobs.read(jobId, asking(id, context)), after: body });
      return cronJobs.change(jobId, body, asking(id, context));
    },
    async removeCronJob({ id, jobId }, context) {
      context.note({ target: jobId, before: await cronJobs.read(jobId, asking(id, context)) });
      await cronJobs.remove(id, jobId, context.signal);
    },
    runCronJob({ id, jobId }, { signal, note }) {
      note({ target: jobId });
      return cronJobs.run(id, jobId, signal);
    },
    listCronRuns: ({ id, jobId, limit, offset }, context) => cronJobs.runs(jobId, { limit, offset }, asking(id, context)),
  };
}

export function dailyHandlers({ logs, gateways, clock }: { logs: Logs; gateways: Gateways; clock: Clock }): Handlers<typeof dailyRoutes> {
  return {
    readLogs: ({ id, limit, cursor }, context) => logs.read({ ...asking(id, context), limit, cursor }),
    readUsage: ({ id, days }, context) =>
      readUsage(gateways, { serverId: id, ...lastDays(days, clock.now()), as: roleIn(context), signal: context.signal }),
  };
}

export function modelHandlers({ models }: { models: Models }): Handlers<typeof modelRoutes> {
  return {
    listModels: async ({ id }, context) => ({ models: await models.list(id, roleIn(context), context.signal) }),
    listModelProviders: ({ id }, context) => models.providers(id, roleIn(context), context.signal),
    setModelKey({ id, provider, body }, { signal, note }) {
      // The key itself stands nowhere but in the call to the gateway.
      note({ target: provider, after: { agentId: body.agentId ?? null } });
      return models.setKey(id, provider, { apiKey: body.apiKey, agentId: body.agentId, signal });
    },
    async removeModelCredentials({ id, provider }, { signal, note }) {
      note({ target: provider });
      const answer = await models.signOut(id, provider, signal);
      note({ before: answer });
      return answer;
    },
    testModelProvider({ id, provider }, { signal, note }) {
      note({ target: provider });
      return models.test(id, provider, signal);
    },
  };
}
