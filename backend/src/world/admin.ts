import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Logger } from 'pino';
import { createSchedule } from '../adapters/cron/schedule.ts';
import { createUploader } from '../adapters/s3/uploader.ts';
import type { Config } from '../config.ts';
import { adminStore } from '../features/admin/admin.store.ts';
import { databaseCheck } from '../features/admin/database.check.ts';
import { createDisk, type DiskParts } from '../features/admin/disk.ts';
import { lookAtAll } from '../features/admin/health.ts';
import { prometheusText, samplesOfHealth, type Sample } from '../features/admin/metrics.ts';
import { processChecks } from '../features/admin/process.check.ts';
import { auditCheck } from '../features/audit/audit.check.ts';
import type { Audit } from '../features/audit/audit.ts';
import { backupsCheck } from '../features/backups/backups.check.ts';
import { createBackups } from '../features/backups/backups.ts';
import { opensCanary } from '../features/servers/canary.ts';
import type { Check } from '../lib/check.ts';
import type { Clock } from '../lib/clock.ts';
import type { Job } from '../lib/schedule.ts';
import type { Sealer } from '../lib/sealer.ts';
import { VERSION } from '../version.ts';
import { scheduleCheck } from '../features/admin/schedule.check.ts';
import type { Store } from './store.ts';

export interface AdminParts {
  config: Config;
  opened: Store & { installation: string };
  databaseFile: string;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  audit: Audit;
  measureDisk: DiskParts['measure'];
}

const CHECKPOINT_EVERY_MS = 60_000;

/** Everything that looks after the installation itself: copies, health, metrics, housekeeping by the clock. */
export function createAdmin({ config, opened, databaseFile, clock, log, sealer, audit, measureDisk }: AdminParts) {
  const store = adminStore(opened.db);
  const opens = (canary: string | undefined): boolean => opensCanary(sealer, canary);
  const disk = createDisk({ folder: config.dataDir, clock, ...(measureDisk && { measure: measureDisk }) });
  const backups = createBackups({
    db: opened.db,
    files: opened.files,
    source: databaseFile,
    folder: join(config.dataDir, 'backups'),
    clock,
    log,
    ...config.backup,
    opens,
    upload: config.backup.s3 && createUploader(config.backup.s3),
  });
  const schedule = createSchedule({
    clock,
    log,
    memory: { read: (name) => store.read(`schedule.${name}`), write: (name, value) => store.write(`schedule.${name}`, value) },
  });
  const own = processChecks({ heapLimit: () => getHeapStatistics().heap_size_limit });
  const checks: Check[] = [
    databaseCheck(opened),
    { key: 'disk', look: async () => (await disk.look(), disk.check()) },
    ...own.checks,
    backupsCheck({ backups, clock, startedAt: clock.now() }),
    auditCheck(audit),
    scheduleCheck({ schedule, clock }),
    {
      key: 'versions',
      look: () => ({
        status: 'ok',
        message: `Clawmoor ${VERSION}`,
        values: {
          clawmoor: VERSION,
          node: process.versions.node,
          [opened.engine.name]: opened.engine.version,
          installation: opened.installation,
        },
      }),
    },
  ];
  const samplers: (() => Sample[])[] = [];
  const checkpointing = setInterval(() => opened.checkpoint(), CHECKPOINT_EVERY_MS).unref();

  const jobs: Job[] = [
    { name: 'backup', cron: config.backup.schedule, run: (signal) => backups.run('schedule', signal) },
    { name: 'rehearsal', cron: '37 4 * * 0', run: (signal) => backups.rehearse(signal) },
    { name: 'audit-check', cron: '23 * * * *', run: () => audit.chain.check({ whole: false }) },
    { name: 'audit-walk', cron: '53 4 * * 6', run: () => audit.chain.check({ whole: true }) },
    { name: 'audit-retention', cron: '7 5 * * *', run: () => audit.removeOld() },
  ];

  return {
    backups,
    disk,
    checkpoint: opened.checkpoint,
    databaseSize: opened.size,
    schedule,
    /** Parts that are built elsewhere add their check here. */
    addChecks: (...more: Check[]): void => void checks.push(...more),
    addSamples: (sampler: () => Sample[]): void => void samplers.push(sampler),
    lookAtAll: () => lookAtAll(checks, log),
    metrics: async (): Promise<string> =>
      prometheusText([...samplesOfHealth(await lookAtAll(checks, log)), ...samplers.flatMap((sampler) => sampler())]),
    /** What readiness asks: the database takes a write, the disk has room, our keys open what is stored. Throws. */
    async demandReady(): Promise<void> {
      await opened.checkWritable();
      disk.demandRoom();
      if (!opens(await store.read('canary'))) throw new Error('ENCRYPTION_KEY does not open the database');
    },
    async begin(): Promise<void> {
      await disk.look();
      await backups.removeLeftovers();
      await schedule.start(jobs);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(checkpointing);
      disk.stop();
      own.stop();
      await schedule[Symbol.asyncDispose]();
    },
  };
}
