import type { Logger } from 'pino';
import { createWebhookPost } from '../adapters/webhook/post.ts';
import type { Config } from '../config.ts';
import type { Approvals } from '../features/approvals/approvals.ts';
import type { Backups } from '../features/backups/backups.ts';
import type { CronJobs } from '../features/cron/cron.ts';
import { approvalFinding } from '../features/incidents/approval-finding.ts';
import { createFollower } from '../features/incidents/follower.ts';
import { createIncidents } from '../features/incidents/incidents.ts';
import { createTimeline } from '../features/incidents/timeline.ts';
import { backupFindings } from '../features/incidents/backup-findings.ts';
import { readJournal } from '../features/logs/journal.ts';
import type { Logs } from '../features/logs/logs.ts';
import type { Models } from '../features/models/models.ts';
import { startDeadman } from '../features/monitor/deadman.ts';
import { createMonitor } from '../features/monitor/monitor.ts';
import { listChannels } from '../features/openclaw/channels.ts';
import { createSessions } from '../features/openclaw/sessions.ts';
import type { Clock } from '../lib/clock.ts';
import type { Dial } from '../lib/egress.ts';
import type { Gateways } from '../lib/gateway.ts';
import type { HostPool } from '../lib/host.ts';
import type { MakeId } from '../lib/id.ts';
import type { NodePackages } from '../lib/node-packages.ts';
import type { Announce } from '../lib/notice.ts';
import { Problem } from '../lib/problem.ts';
import type { Database } from '../lib/tables.ts';
import { createNewest } from './newest.ts';

export interface WatchingParts {
  config: Pick<Config, 'monitorSeconds' | 'deadmanUrl'>;
  db: Database;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  hosts: HostPool;
  gateways: Gateways;
  nodePackages: Pick<NodePackages, 'latest' | 'holes'>;
  cronJobs: CronJobs;
  models: Models;
  logs: Logs;
  approvals: Pick<Approvals, 'list'>;
  backups: Pick<Backups, 'standing'>;
  dialForOperator: Dial;
  announce: Announce;
  /** Somebody looks after an incident: everybody who was told of it reads that. */
  onAcknowledged: (id: string, name: string) => Promise<void>;
}

const FOLLOW_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Incidents that are over are kept as long as the longest samples. */
const KEPT_MS = 365 * DAY_MS;
const STANDS_STILL_MS = 60_000;
const TOO_LATE_MS = 10 * MINUTE_MS;
const APPROVALS_WITHIN_MS = 8_000;
const MOST_SESSIONS = 100;

/** Everything that watches: the monitor, the incidents that come of it, and what is told of tasks, access and backups. */
export function createWatching(parts: WatchingParts) {
  const { config, db, clock, makeId, log, hosts, gateways, nodePackages, cronJobs, models, logs, approvals, backups } = parts;
  const newest = createNewest({ nodePackages, log });
  const incidents = createIncidents({
    db,
    clock,
    makeId,
    log,
    announce: parts.announce,
    onAcknowledged: parts.onAcknowledged,
    newest: newest.read,
  });
  const sessions = createSessions(gateways);
  const monitor = createMonitor({
    db,
    clock,
    log,
    hosts,
    gateways,
    everyMs: config.monitorSeconds * 1000,
    // As a viewer, every one: a look never opens the admin scope.
    providers: async (serverId, signal) => (await models.providers(serverId, 'viewer', signal)).providers,
    jobs: async (serverId, signal) => (await cronJobs.list({ serverId, role: 'viewer', signal })).jobs,
    channels: async (serverId, signal) => (await listChannels(gateways, { serverId, as: 'viewer', signal })).channels,
    running: async (serverId, stuckAfterMinutes, signal) =>
      (await sessions.list({ serverId, as: 'viewer', signal }, { activeOnly: true, stuckAfterMinutes, limit: MOST_SESSIONS })).sessions,
    onLook(look, { rules }, before) {
      if (look.gateway?.version !== undefined) newest.onInstalled(look.gateway.version);
      return incidents.take(look, rules, before);
    },
    onOff: incidents.endAllOf,
  });
  const follower = createFollower({ store: incidents.store, teller: incidents.teller, clock });
  const timeline = createTimeline({
    store: incidents.store,
    clock,
    gatewayLog: (serverId, role, signal) => logs.read({ serverId, role, limit: 200, cursor: undefined, signal }),
    journal: (serverId, range, signal) => readJournal(hosts, serverId, { ...range, signal }),
  });

  const startedAt = clock.now();
  async function lookAtInstallation(): Promise<void> {
    const findings = backupFindings(await backups.standing(), { now: clock.now(), startedAt });
    await incidents.report({ serverId: null, kind: 'backup', findings });
    await incidents.store.removeEndedBefore(clock.now() - KEPT_MS);
  }

  /** For servers where somebody has asked to be there to answer; with the scope that they have asked for. */
  async function lookAtApprovals(serverId: string): Promise<void> {
    const { approval } = (await monitor.settingsOf(serverId)).rules;
    const findings = approval.enabled
      ? (await approvals.list(serverId, AbortSignal.timeout(APPROVALS_WITHIN_MS))).approvals.map(approvalFinding)
      : [];
    await incidents.report({ serverId, kind: 'approval', findings });
  }

  const looking = new Set<string>();
  const again = new Set<string>();
  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<void>>();
  const guarded = (what: string, work: () => Promise<void>) => (): void => {
    const run: Promise<void> = work()
      // A server that does not answer is the monitor's to tell.
      .catch((error: unknown) => log[error instanceof Problem ? 'debug' : 'warn']({ err: error }, `${what} could not be looked at`))
      .finally(() => running.delete(run));
    running.add(run);
  };
  /** Where servers are not watched, that the process lives is all that there is to say. */
  function isAlive(): boolean {
    const { on, silentMs, overdueMs } = monitor.standing();
    return !on || (silentMs < STANDS_STILL_MS && overdueMs < TOO_LATE_MS);
  }
  let deadman: ReturnType<typeof startDeadman> | undefined;

  return {
    monitor,
    incidents,
    timeline,
    /** What ended and what was granted since the last time; also called by the clock. */
    follow: follower.follow,
    lookAtInstallation,
    /** Asks the registry for the newest OpenClaw and its holes; by itself every 6 hours. */
    askForNewest: newest.ask,
    onApprovals(serverId: string): void {
      // A gateway may ring as often as it likes: one look at a time, and one more for all that came meanwhile.
      if (looking.has(serverId)) return void again.add(serverId);
      looking.add(serverId);
      guarded('approvals', async () => {
        try {
          do {
            again.delete(serverId);
            await lookAtApprovals(serverId);
          } while (again.has(serverId));
        } finally {
          looking.delete(serverId);
        }
      })();
    },
    onChanged: monitor.forget,
    onGone(serverId: string): void {
      monitor.forget(serverId);
      incidents.forget(serverId);
    },
    async begin(): Promise<void> {
      await incidents.begin();
      await follower.follow();
      await monitor.begin();
      newest.begin();
      timers.push(setInterval(guarded('tasks and access', follower.follow), FOLLOW_EVERY_MS).unref());
      timers.push(setInterval(guarded('the installation', lookAtInstallation), MINUTE_MS).unref());
      if (config.deadmanUrl !== undefined)
        deadman = startDeadman({
          url: config.deadmanUrl,
          everyMs: MINUTE_MS,
          log,
          call: createWebhookPost({ dial: parts.dialForOperator }),
          isAlive,
        });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      newest.stop();
      await deadman?.stop();
      await monitor[Symbol.asyncDispose]();
      await Promise.allSettled(running);
      await incidents.teller.stop();
    },
  };
}
