import { join } from 'node:path';
import { api } from '@clawmoor/shared/api.ts';
import { createGatewayUi } from './adapters/openclaw/gateway-ui.ts';
import { createGateways } from './adapters/openclaw/gateways.ts';
import { createNodePackages } from './adapters/npm/node-packages.ts';
import { generateKeyPair, readPrivateKey } from './adapters/ssh/keys.ts';
import { createPool } from './adapters/ssh/pool.ts';
import { createProber } from './adapters/ssh/probe.ts';
import type { Config } from './config.ts';
import { createAudit } from './features/audit/audit.ts';
import { createChats } from './features/openclaw/chats.ts';
import { createDashboards } from './features/dashboard/dashboard.ts';
import { dashboardOrigin } from './features/dashboard/dashboard-origin.ts';
import { createOpenclawConfig } from './features/openclaw-config/openclaw-config.ts';
import { monitorCheck } from './features/monitor/monitor.check.ts';
import { createOpenclaw } from './features/openclaw/openclaw.ts';
import { adminStore } from './features/admin/admin.store.ts';
import { createServers } from './features/servers/servers.ts';
import { createSetup } from './features/setup/setup.ts';
import { createTickets } from './features/tickets/tickets.ts';
import { systemClock } from './lib/clock.ts';
import { randomId } from './lib/id.ts';
import { createLog } from './lib/log.ts';
import { WORKER } from './lib/open-database.ts';
import { createSealer } from './lib/sealer.ts';
import { createTasks } from './tasks/tasks.ts';
import { createAdmin } from './world/admin.ts';
import { openInstallation } from './world/database.ts';
import { createEgress } from './world/egress.ts';
import { createPlans } from './world/plans.ts';
import { partChecks, partSamples } from './world/part-checks.ts';
import { expiredEntry } from './world/expired-entry.ts';
import { createHealth } from './world/health.ts';
import { createPeople } from './world/people.ts';
import { createWatching } from './world/monitor.ts';
import { createDaily } from './world/openclaw-daily.ts';
import { createOllamaFeature } from './world/ollama.ts';
import { createRagParts } from './world/rag.ts';
import type { Overrides } from './world/overrides.ts';
import { createUpdates } from './world/openclaw-update.ts';
import { createTold } from './world/told.ts';
import { createTrial } from './world/trial.ts';
import { webFolder } from './world/web-folder.ts';

export type { Overrides };

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Builds every part and wires them. Nothing listens and no task runs until `begin`. */
export async function createWorld(config: Config, overrides: Overrides = {}) {
  const { clock = systemClock, makeId = randomId, log = createLog({ level: config.logLevel }), limits = {} } = overrides;
  const sealer = createSealer(config.encryptionKeys);
  const databaseFile = overrides.databaseFile ?? join(config.dataDir, 'clawmoor.db');
  const opened = await openInstallation({
    file: databaseFile,
    databaseUrl: config.databaseUrl,
    standbys: config.peerAddress !== undefined,
    clock,
    sealer,
    kids: config.encryptionKeys.map(({ kid }) => kid),
    expected: config.expectInstallation,
    busyTimeoutMs: overrides.busyTimeoutMs,
  });
  const { db } = opened;
  const basics = { db, clock, makeId, log };
  const stopping = new AbortController();
  const trial = createTrial({ config, db, sealer, clock, makeId });
  const { ownPorts, dial, dialForOperator, checkHost } = createEgress(config, trial.port, overrides.resolve);
  const audit = createAudit({ db, clock, keepDays: config.auditKeepDays });
  const admin = createAdmin({ config, opened, databaseFile, clock, log, sealer, audit, measureDisk: overrides.measureDisk });
  const people = createPeople({
    db,
    config,
    clock,
    makeId,
    log,
    serverNamesOf: async (userId) => (await servers.list(userId)).map(({ name }) => name),
    onExpired: (ended) => audit.record(expiredEntry(ended)),
  });
  const { members, auth } = people;
  const feeds = { open: 0 };
  const tickets = createTickets({ db, clock, table: api, callerOf: auth.callerOf });
  const servers = createServers({
    db,
    sealer,
    clock,
    makeId,
    prober: createProber({ dial }),
    keys: { generateKeyPair: () => generateKeyPair(), readPrivateKey },
    checkHost,
    addOwner: members.addOwner,
    onChanged(serverId) {
      forget(serverId);
      watching.onChanged(serverId);
    },
    onGone: async (serverId) => {
      await tasks.endAllOf(serverId);
      daily.onGone(serverId);
      watching.onGone(serverId);
      forget(serverId);
    },
    onRemoved: () => people.rights.ring(),
  });
  const hosts = createPool({
    targetOf: servers.targetOf,
    dial,
    onState: (serverId, state) =>
      void servers.setState(serverId, state).catch((error: unknown) => log.warn({ err: error, serverId }, 'a state could not be stored')),
  });
  // Longer than two looks of the monitor lie apart.
  const gateways = createGateways({ hosts, clock, log, closeWhenUnusedMs: 90_000 });
  const ui = createGatewayUi({ hosts });
  const dashboards = createDashboards({ clock, callerOf: auth.callerOf, roleOf: members.roleOf });
  if (config.dashboardOrigin !== undefined) dashboards.openAt(dashboardOrigin(config.dashboardOrigin));
  const forget = (serverId: string): void => {
    gateways.drop(serverId);
    hosts.drop(serverId);
  };
  const nodePackages = createNodePackages({ cacheFolder: join(config.dataDir, 'cache', 'npm'), clock });
  const bundleFolder = overrides.ragdBundles ?? join(import.meta.dirname, '../../ragd/dist');
  const ragParts = createRagParts({ ...basics, sealer, hosts, gateways, nodePackages, kindOf: servers.kindOf, bundleFolder });
  const tasks = createTasks({
    db,
    hosts,
    plans: createPlans({ db, clock, gateways, nodePackages, more: ragParts.plans(), ...overrides }),
    sealer,
    clock,
    makeId,
    log,
    mayStart: admin.disk.demandRoom,
  });
  admin.addChecks(...partChecks({ tasks, hosts, gateways, clock }));
  admin.addSamples(partSamples({ hosts, feeds }));
  const setup = createSetup({ hosts, tasks, gateways, nodePackages, clock, kindOf: servers.kindOf });
  const ollama = createOllamaFeature({ config, hosts, tasks, kindOf: servers.kindOf, trialPort: overrides.trialOllamaPort });
  const openclawConfig = createOpenclawConfig({ db, clock, makeId, gateways, hosts, tasks });
  const rag = ragParts.join({ tasks, openclawConfig });
  const openclaw = createOpenclaw({ gateways, hosts, tasks });
  const updates = createUpdates({ db, clock, makeId, log, hosts, tasks, gateways, nodePackages, roleOf: members.roleOf });
  const chats = createChats({ gateways, clock });
  const { daily, ...ofEveryDay } = createDaily({
    ...basics,
    gateways,
    hosts,
    roleOf: members.roleOf,
    audit,
    checkBudgetsEveryMs: config.budgetCheckMinutes * 60_000,
    onApprovals: (serverId) => watching.onApprovals(serverId),
    onApprovalAnswered: (answer) => told.onApprovalAnswered(answer),
  });
  const told = createTold({
    ...basics,
    config,
    sealer,
    dial,
    checkHost,
    people,
    servers,
    record: audit.record,
    approvals: () => ofEveryDay.approvals,
    incidents: () => watching.incidents,
    onApprovals: (serverId) => watching.onApprovals(serverId),
    pace: overrides.pace,
  });
  const watching = createWatching({
    ...basics,
    config,
    hosts,
    gateways,
    nodePackages,
    dialForOperator,
    announce: overrides.announce ?? told.announce,
    onAcknowledged: told.onAcknowledged,
    ...ofEveryDay,
    backups: admin.backups,
  });
  admin.addChecks(...told.checks, monitorCheck(watching.monitor));

  return {
    config,
    log,
    limits,
    stopping,
    ownPorts,
    db,
    clock,
    ...people,
    audit,
    admin,
    feeds,
    tickets,
    servers,
    hosts,
    gateways,
    tasks,
    setup,
    ollama,
    rag,
    openclaw,
    chats,
    roleOf: members.roleOf,
    openclawConfig,
    ...updates,
    ui,
    dashboards,
    /** The trial serves the gateways' pages on a second port, under names that every browser finds on this machine. */
    openDashboardsAt: (port: number): void => dashboards.openAt(dashboardOrigin(`http://*.localhost:${port}`)),
    ...ofEveryDay,
    watching,
    told,
    webhooks: told.webhooks,
    webFolder: webFolder(),
    commandLine: join(import.meta.dirname, '../../cli/dist/clawmoor.mjs'),
    health: createHealth({ config, admin, stopping }),
    /** For the processes that stand by: they pass their requests on to here. */
    sayWhereItWorks: (address: string): Promise<unknown> => adminStore(db).write(WORKER, address),
    /** Starts the trial's own server and takes up the tasks of the last process. Call once, when everything listens. */
    async begin(): Promise<void> {
      await trial.begin();
      await told.begin();
      await people.sweep();
      people.beginSweeping();
      await tasks.resume();
      await admin.begin();
      await openclawConfig.resume();
      updates.rollouts.begin();
      await daily.begin();
      await watching.begin();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stopping.abort();
      await people.endSweeping();
      await watching[Symbol.asyncDispose]();
      await daily[Symbol.asyncDispose]();
      await updates.rollouts[Symbol.asyncDispose]();
      await tasks.drain();
      await told[Symbol.asyncDispose]();
      chats.close();
      await admin[Symbol.asyncDispose]();
      await ui[Symbol.asyncDispose]();
      await gateways[Symbol.asyncDispose]();
      await hosts[Symbol.asyncDispose]();
      await trial.end();
      await opened.close();
    },
  };
}
