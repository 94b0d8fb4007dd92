import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { api } from '@clawmoor/shared/api.ts';
import type { Limit } from '@clawmoor/shared/route.ts';
import type { Logger } from 'pino';
import { createGateways } from './adapters/openclaw/gateways.ts';
import { createNodePackages } from './adapters/npm/node-packages.ts';
import { openDatabase } from './adapters/sqlite/database.ts';
import { generateKeyPair, readPrivateKey } from './adapters/ssh/keys.ts';
import { createPool } from './adapters/ssh/pool.ts';
import { createProber } from './adapters/ssh/probe.ts';
import { startTrialServer } from './adapters/ssh/trial-server.ts';
import { readInitData } from './adapters/telegram/init-data.ts';
import { signInitData } from './adapters/telegram/sign-init-data.ts';
import { TRIAL_USER_ID, type Config } from './config.ts';
import { membersStore } from './features/access/members.store.ts';
import { createAudit } from './features/audit/audit.ts';
import { createAuth } from './features/auth/auth.ts';
import { noTrial } from './features/auth/auth.problems.ts';
import { createOpenclaw } from './features/openclaw/openclaw.ts';
import { createServers } from './features/servers/servers.ts';
import { checkCanary } from './features/servers/canary.ts';
import { addTrialServer } from './features/servers/trial-server-row.ts';
import { createSetup } from './features/setup/setup.ts';
import { createSetupPlans } from './features/setup/plans.ts';
import { createTickets } from './features/tickets/tickets.ts';
import { restartPlan } from './features/openclaw/restart.plan.ts';
import { describeApi } from './http/openapi.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { checkHostLiteral, createDialer, type EgressPolicy } from './lib/egress.ts';
import { randomId, type MakeId } from './lib/id.ts';
import { createLog } from './lib/log.ts';
import { createSealer } from './lib/sealer.ts';
import { createTasks } from './tasks/tasks.ts';
import { VERSION } from './version.ts';

/** What a test may put in the place of the real thing: time, ids, names, the log. */
export interface Overrides {
  clock?: Clock;
  makeId?: MakeId;
  log?: Logger;
  resolve?: (host: string) => Promise<string[]>;
  databaseFile?: string;
  limits?: Partial<Record<Limit, number>>;
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Builds every part and wires them. Nothing listens and no task runs until `begin`. */
export async function createWorld(config: Config, overrides: Overrides = {}) {
  const { clock = systemClock, makeId = randomId, log = createLog({ level: config.logLevel }), limits = {} } = overrides;
  const { db, checkWritable, close } = await openDatabase(overrides.databaseFile ?? join(config.dataDir, 'clawmoor.db'), { clock });
  const sealer = createSealer(config.encryptionKeys);
  await checkCanary({ db, sealer });
  const stopping = new AbortController();
  const ownPorts: number[] = [];
  let trialPort: number | undefined;
  const policy: EgressPolicy = {
    privateHosts: config.privateHosts,
    ownPorts: () => ownPorts,
    trialPort: () => trialPort,
    ...(overrides.resolve && { resolve: overrides.resolve }),
  };
  const dial = createDialer(policy);
  const members = membersStore(db, clock);
  const audit = createAudit({ db, clock });
  const auth = createAuth({
    db,
    clock,
    makeId,
    jwtKey: config.jwtKey,
    superAdminIds: config.superAdminIds,
    registration: config.registration,
  });
  const tickets = createTickets({ db, clock, table: api, callerOf: auth.callerOf });
  const servers = createServers({
    db,
    sealer,
    clock,
    makeId,
    prober: createProber({ dial }),
    keys: { generateKeyPair: () => generateKeyPair(), readPrivateKey },
    checkHost: (host, port) => checkHostLiteral(host, port, policy),
    addOwner: members.addOwner,
    onChanged: (serverId) => forget(serverId),
    onGone: async (serverId) => {
      await tasks.endAllOf(serverId);
      forget(serverId);
    },
  });
  const hosts = createPool({
    targetOf: servers.targetOf,
    dial,
    onState: (serverId, state) =>
      void servers.setState(serverId, state).catch((error: unknown) => log.warn({ err: error, serverId }, 'a state could not be stored')),
  });
  const gateways = createGateways({ hosts, clock, log });
  const forget = (serverId: string): void => {
    gateways.drop(serverId);
    hosts.drop(serverId);
  };
  const nodePackages = createNodePackages({ cacheFolder: join(config.dataDir, 'cache', 'npm') });
  const plans = [...createSetupPlans({ gateways, nodePackages }), restartPlan({ gateways })];
  const tasks = createTasks({ db, hosts, plans: new Map(plans.map((plan) => [plan.type, plan])), sealer, clock, makeId, log });
  const setup = createSetup({ hosts, tasks, gateways, nodePackages, clock, kindOf: servers.kindOf });
  const openclaw = createOpenclaw({ gateways, hosts, tasks });

  async function beginTrial(): Promise<(() => Promise<void>) | undefined> {
    if (!config.trial || process.platform !== 'linux') return undefined;
    const trial = await startTrialServer({ folder: join(config.dataDir, 'trial') });
    trialPort = trial.port;
    await addTrialServer({ db, sealer, clock, makeId, trial, owner: { id: TRIAL_USER_ID, firstName: TRIAL_NAME } });
    return trial.close;
  }
  let endTrial: (() => Promise<void>) | undefined;

  return {
    config,
    log,
    limits,
    stopping,
    ownPorts,
    db,
    clock,
    members,
    audit,
    auth,
    tickets,
    servers,
    hosts,
    gateways,
    tasks,
    setup,
    openclaw,
    webFolder: webFolder(),
    health: {
      version: VERSION,
      trial: config.trial,
      checkWritable,
      stopping: stopping.signal,
      openApi: () => describeApi(api, { version: VERSION }),
    },
    signIn: {
      auth,
      readInitData: (raw: string) =>
        readInitData(raw, { botToken: config.botToken, maxAgeSeconds: config.initDataMaxAgeSeconds, now: clock.now() }),
      signTrialInitData: () => {
        if (!config.trial) throw noTrial();
        return signInitData({ id: Number(TRIAL_USER_ID), first_name: TRIAL_NAME }, config.botToken, clock.now());
      },
    },
    /** Starts the trial's own server and takes up the tasks of the last process. Call once, when everything listens. */
    async begin(): Promise<void> {
      endTrial = await beginTrial();
      await tasks.resume();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stopping.abort();
      await tasks.drain();
      await gateways[Symbol.asyncDispose]();
      await hosts[Symbol.asyncDispose]();
      await endTrial?.();
      await close();
    },
  };
}

const TRIAL_NAME = 'You';

/** Beside the sources, and beside the bundle. */
function webFolder(): string {
  const beside = [join(import.meta.dirname, '../../webapp/dist'), join(import.meta.dirname, '../web')];
  return beside.find((folder) => existsSync(join(folder, 'index.html'))) ?? beside[0] ?? '';
}
