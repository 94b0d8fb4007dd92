import * as z from 'zod/mini';
import type { CronChange, CronJob, CronRun, NewCronJob } from '@clawmoor/shared/openclaw-cron.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { askGateway, refusedWith } from '../../lib/gateway-answer.ts';
import type { GatewayCall, Gateways } from '../../lib/gateway.ts';
import { jobOf, runOf, WireJob, wireSchedule, WireRun } from './cron-job.ts';
import { cronManaged, cronRefused, noCronJob } from './cron.problems.ts';

const PAGE = 200;
// More is no list for a phone; the gateway's own pages are 200.
const MOST_JOBS = 1_000;

const Jobs = z.object({ jobs: z.array(WireJob), nextOffset: z.nullish(z.number()) });
const Runs = z.object({ entries: z.array(WireRun), nextOffset: z.nullish(z.number()) });
const Status = z.object({ enabled: z.boolean() });
const Started = z.object({ runId: z.nullish(z.string()) });

export interface Asking {
  serverId: string;
  role: Role;
  signal: AbortSignal;
}

export type CronJobs = ReturnType<typeof createCronJobs>;

/** The scheduled jobs of a gateway. */
export function createCronJobs({ gateways, clock }: { gateways: Gateways; clock: Clock }) {
  const ask = async <Schema extends z.ZodMiniType>(serverId: string, call: GatewayCall & { answers: Schema }): Promise<z.output<Schema>> =>
    askGateway(gateways, serverId, call).catch(explain);

  async function list({ serverId, role, signal }: Asking): Promise<{ jobs: CronJob[]; enabled: boolean }> {
    const jobs: WireJob[] = [];
    for (let offset: number | null | undefined = 0; typeof offset === 'number' && jobs.length < MOST_JOBS;) {
      const params = { includeDisabled: true, limit: PAGE, offset, includeDeliveryPreviews: false };
      const page: z.output<typeof Jobs> = await ask(serverId, { method: 'cron.list', params, as: role, answers: Jobs, signal });
      jobs.push(...page.jobs);
      offset = page.jobs.length > 0 ? page.nextOffset : null;
    }
    const { enabled } = await ask(serverId, { method: 'cron.status', as: role, answers: Status, signal });
    return { jobs: jobs.slice(0, MOST_JOBS).map((job) => jobOf(job, clock.now())), enabled };
  }

  return {
    list,
    async read(jobId: string, { serverId, role, signal }: Asking): Promise<CronJob> {
      return jobOf(await ask(serverId, { method: 'cron.get', params: { jobId }, as: role, answers: WireJob, signal }), clock.now());
    },
    async create(serverId: string, body: NewCronJob, signal: AbortSignal): Promise<CronJob> {
      const { name, description, agentId, enabled, session, message, model } = body;
      const params = {
        name,
        ...(description && { description }),
        ...(agentId !== undefined && { agentId }),
        enabled,
        schedule: wireSchedule(body.schedule),
        sessionTarget: session,
        wakeMode: 'now',
        payload:
          session === 'main'
            ? { kind: 'systemEvent', text: message }
            : { kind: 'agentTurn', message, ...(model !== undefined && { model }) },
      };
      return jobOf(await ask(serverId, { method: 'cron.add', params, as: 'control', answers: WireJob, signal }), clock.now());
    },
    async change(jobId: string, body: CronChange, { serverId, signal }: Asking): Promise<CronJob> {
      const { schedule, message, model, ...rest } = body;
      const asksAnew = message !== undefined || model !== undefined;
      const { payload } = asksAnew
        ? await ask(serverId, { method: 'cron.get', params: { jobId }, as: 'control', answers: WireJob, signal })
        : {};
      const words = payload?.kind === 'systemEvent' ? { text: message } : { message };
      const patch = {
        ...rest,
        ...(schedule && { schedule: wireSchedule(schedule) }),
        ...(payload && {
          payload: { kind: payload.kind, ...(message !== undefined && words), ...(model !== undefined && { model }) },
        }),
      };
      const params = { id: jobId, patch };
      return jobOf(await ask(serverId, { method: 'cron.update', params, as: 'control', answers: WireJob, signal }), clock.now());
    },
    async remove(serverId: string, jobId: string, signal: AbortSignal): Promise<void> {
      await ask(serverId, { method: 'cron.remove', params: { jobId }, as: 'control', answers: z.unknown(), signal });
    },
    async run(serverId: string, jobId: string, signal: AbortSignal): Promise<{ runId: string | null }> {
      const params = { jobId, mode: 'force' };
      const { runId } = await ask(serverId, { method: 'cron.run', params, as: 'control', answers: Started, signal });
      return { runId: runId?.slice(0, 200) ?? null };
    },
    async runs(
      jobId: string,
      { limit, offset }: { limit: number; offset: number },
      { serverId, role, signal }: Asking,
    ): Promise<{ runs: CronRun[]; nextOffset: number | null }> {
      const params = { jobId, limit, offset, sortDir: 'desc' };
      const answer = await ask(serverId, { method: 'cron.runs', params, as: role, answers: Runs, signal });
      return { runs: answer.entries.map(runOf), nextOffset: answer.nextOffset ?? null };
    },
  };
}

/** The gateway says the same "unavailable" to what is busy and to what will never be. */
function explain(error: unknown): never {
  if (refusedWith(error, /(automation|cron job) not found/i)) throw noCronJob();
  if (refusedWith(error, /system-owned|cannot be edited/i)) throw cronManaged();
  if (refusedWith(error, /invalid cron\.|agent is unavailable|unknown agent|unknown model/i)) throw cronRefused(error);
  throw error;
}
