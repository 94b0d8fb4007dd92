import { validate } from 'node-cron';
import * as z from 'zod/mini';

export const backupVariables = {
  BACKUP_SCHEDULE: z._default(z.string().check(z.refine(validate, 'a cron line, such as 15 3 * * *')), '15 3 * * *'),
  BACKUP_KEEP: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1000)), 14),
  BACKUP_KEEP_DAYS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(3650)), 90),
  BACKUP_RECIPIENT: z.optional(z.string().check(z.regex(/^age1[a-z0-9]{58,}$/, 'an age recipient: age1…, as age-keygen prints it'))),
  BACKUP_S3_ENDPOINT: z.optional(z.url()),
  BACKUP_S3_BUCKET: z.optional(z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'))),
  BACKUP_S3_REGION: z._default(z.string().check(z.regex(/^[a-z0-9-]{1,40}$/, 'a region, such as eu-central-1')), 'us-east-1'),
  BACKUP_S3_ACCESS_KEY: z.optional(z.string()),
  BACKUP_S3_SECRET_KEY: z.optional(z.string()),
  BACKUP_S3_PREFIX: z._default(z.string().check(z.regex(/^[\w./-]{0,200}$/, 'letters, digits, . _ - /')), ''),
};

const Variables = z.object(backupVariables);
type Variables = z.output<typeof Variables>;

export interface S3Config {
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
  /** Before the file's name. */
  prefix: string;
}

export interface BackupConfig {
  /** A cron line, in the time zone of the process. */
  schedule: string;
  keep: number;
  keepDays: number;
  /** Whoever holds its identity can read the copies; we cannot. */
  recipient: string | undefined;
  s3: S3Config | undefined;
}

const S3_NEEDED = ['BACKUP_S3_ENDPOINT', 'BACKUP_S3_BUCKET', 'BACKUP_S3_ACCESS_KEY', 'BACKUP_S3_SECRET_KEY'] as const;

/** All of the S3 settings, or none. */
export function backupProblems(vars: Variables): string[] {
  const missing = S3_NEEDED.filter((name) => vars[name] === undefined);
  if (missing.length === 0 || missing.length === S3_NEEDED.length) return [];
  return missing.map((name) => `${name}: required when the other BACKUP_S3 settings are given`);
}

export function readBackupConfig(vars: Variables): BackupConfig {
  const { BACKUP_S3_ENDPOINT: endpoint, BACKUP_S3_BUCKET: bucket } = vars;
  const { BACKUP_S3_ACCESS_KEY: accessKey, BACKUP_S3_SECRET_KEY: secretKey } = vars;
  const whole = endpoint !== undefined && bucket !== undefined && accessKey !== undefined && secretKey !== undefined;
  return {
    schedule: vars.BACKUP_SCHEDULE,
    keep: vars.BACKUP_KEEP,
    keepDays: vars.BACKUP_KEEP_DAYS,
    recipient: vars.BACKUP_RECIPIENT,
    s3: whole
      ? {
          endpoint: endpoint.replace(/\/+$/, ''),
          bucket,
          region: vars.BACKUP_S3_REGION,
          accessKey,
          secretKey,
          prefix: vars.BACKUP_S3_PREFIX.replace(/^\/+/, ''),
        }
      : undefined,
  };
}
