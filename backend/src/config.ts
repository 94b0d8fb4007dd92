import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod/mini';
import { botProblems, readBotConfig, type BotConfig } from './config-bot.ts';
import { hostProblems, originProblems, privateHosts, proxyProblems, trustProxy } from './config-network.ts';
import { backupProblems, backupVariables, readBackupConfig, type BackupConfig } from './config-backup.ts';

const list = z.pipe(
  z._default(z.string(), ''),
  z.transform((text: string) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  ),
);
const port = z.coerce.number().check(z.int(), z.minimum(0), z.maximum(65535));

const Environment = z.object({
  DASHBOARD_ORIGIN: z.optional(
    z
      .string()
      .check(
        z.regex(/^(https:\/\/|http:\/\/(?=(\*\.)?localhost(:|$)))(\*\.)?[a-z0-9.-]+(:\d+)?$/, 'looks like https://*.gateways.example.org'),
      ),
  ),
  APP_DOMAIN: z.optional(z.string().check(z.regex(/^[a-z0-9.-]+(:\d+)?$/i, 'a host name, without https://'))),
  PORT: z._default(port, 3000),
  HOST: z.optional(z.string()),
  DATA_DIR: z._default(z.string(), './data'),
  DATABASE_URL: z.optional(
    z.string().check(z.regex(/^postgres(ql)?:\/\/\S+$/, 'looks like postgres://clawmoor:password@localhost/clawmoor')),
  ),
  TELEGRAM_BOT_TOKEN: z.optional(z.string().check(z.regex(/^\d+:[\w-]{20,}$/, 'looks like 123456:ABC… from @BotFather'))),
  JWT_SECRET: z.optional(z.string()),
  ENCRYPTION_KEY: z.optional(z.string()),
  SUPER_ADMIN_IDS: list,
  REGISTRATION: z._default(z.enum(['open', 'invite']), 'invite'),
  ALLOW_PRIVATE_HOSTS: z.optional(z.string()),
  TELEGRAM_API_ROOT: z.optional(z.url()),
  BOT_WEBHOOK: z._default(z.enum(['true', 'false']), 'false'),
  ESCALATE_AFTER_MINUTES: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(1440)), 15),
  INIT_DATA_MAX_AGE: z._default(z.coerce.number().check(z.int(), z.minimum(60), z.maximum(86_400)), 3600),
  LOG_LEVEL: z._default(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), 'info'),
  TRUST_PROXY: z.optional(z.string()),
  METRICS_TOKEN: z.optional(z.string().check(z.minLength(16, 'at least 16 characters; make one with: openssl rand -base64 24'))),
  AUDIT_KEEP_DAYS: z._default(z.coerce.number().check(z.int(), z.minimum(30), z.maximum(36_500)), 730),
  EXPECT_INSTALLATION: z.optional(z.string()),
  ...backupVariables,
  MONITOR_SECONDS: z._default(
    z.coerce.number().check(
      z.int(),
      z.refine((seconds) => seconds === 0 || (seconds >= 20 && seconds <= 3600), '0, or 20 to 3600'),
    ),
    60,
  ),
  DEADMAN_URL: z.optional(z.url({ protocol: /^https?$/ })),
  BUDGET_CHECK_MINUTES: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(1440)), 10),
});

export type Variable = keyof typeof Environment.shape;
/** What a variable is when it is left out; `undefined` for those without a default. */
export const configDefaults = (): Partial<Record<Variable, unknown>> => Environment.parse({});

export interface Config {
  /** Unset: the local trial. */
  domain: string | undefined;
  trial: boolean;
  host: string;
  port: number;
  dataDir: string;
  /** PostgreSQL, in the place of the file in `dataDir`. Holds a password. */
  databaseUrl: string | undefined;
  /** Where the local trial keeps the secrets it made once; beside the data, not in it. */
  trialSecretsFile: string;
  botToken: string;
  bot: BotConfig;
  jwtKey: KeyObject;
  encryptionKeys: { kid: string; key: Buffer }[];
  superAdminIds: ReadonlySet<string>;
  registration: 'open' | 'invite';
  /** Where the gateways' own web pages are served; `undefined`: nowhere, or on a second port in the trial. */
  dashboardOrigin: string | undefined;
  /** Which private addresses servers may have. */
  privateHosts: 'all' | 'none' | string[];
  initDataMaxAgeSeconds: number;
  logLevel: string;
  trustProxy: false | number | string[];
  /** Opens /metrics; unset: closed. */
  metricsToken: string | undefined;
  auditKeepDays: number;
  /** The id of the installation whose database must be in `dataDir`. */
  expectInstallation: string | undefined;
  backup: BackupConfig;
  /** How often each server is looked at; 0: never. */
  monitorSeconds: number;
  /** Called while the watching goes on. */
  deadmanUrl: string | undefined;
  /** How often budgets are checked; 0: only when somebody asks. */
  budgetCheckMinutes: number;
}

/** The local trial's only person. Telegram's ids are positive and start far above 1. */
export const TRIAL_USER_ID = '1';

export class ConfigInvalid extends Error {
  constructor(lines: string[]) {
    super(`The configuration is not usable:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigInvalid';
  }
}

/** Reads the environment. Throws `ConfigInvalid`, which names every variable that is wrong, never its value. */
export function readConfig(env: NodeJS.ProcessEnv, { cwd = process.cwd() } = {}): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) throw new ConfigInvalid(parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`));
  const vars = parsed.data;
  const trial = vars.APP_DOMAIN === undefined;
  const trialSecretsFile = resolve(cwd, '.clawmoor/secrets.json');
  const secrets = trial ? { ...trialSecrets(trialSecretsFile), ...givenSecrets(vars) } : givenSecrets(vars);
  const problems = [
    ...secretProblems(secrets),
    ...proxyProblems(vars.TRUST_PROXY),
    ...hostProblems(vars),
    ...backupProblems(vars),
    ...originProblems(vars),
    ...botProblems(vars),
  ];
  if (problems.length > 0) throw new ConfigInvalid(problems);
  const { JWT_SECRET = '', ENCRYPTION_KEY = '', TELEGRAM_BOT_TOKEN = '' } = secrets;
  return {
    domain: vars.APP_DOMAIN,
    trial,
    host: vars.HOST ?? (trial ? '127.0.0.1' : '0.0.0.0'),
    port: vars.PORT,
    dataDir: resolve(cwd, vars.DATA_DIR),
    databaseUrl: vars.DATABASE_URL,
    trialSecretsFile,
    botToken: TELEGRAM_BOT_TOKEN,
    bot: readBotConfig(vars),
    jwtKey: createSecretKey(Buffer.from(JWT_SECRET)),
    encryptionKeys: parseKeys(ENCRYPTION_KEY) ?? [],
    superAdminIds: new Set(trial ? [...vars.SUPER_ADMIN_IDS, TRIAL_USER_ID] : vars.SUPER_ADMIN_IDS),
    registration: vars.REGISTRATION,
    dashboardOrigin: vars.DASHBOARD_ORIGIN,
    privateHosts: privateHosts(vars.ALLOW_PRIVATE_HOSTS ?? (trial ? 'true' : 'false')),
    initDataMaxAgeSeconds: vars.INIT_DATA_MAX_AGE,
    logLevel: vars.LOG_LEVEL,
    trustProxy: trustProxy(vars.TRUST_PROXY),
    metricsToken: vars.METRICS_TOKEN,
    auditKeepDays: vars.AUDIT_KEEP_DAYS,
    expectInstallation: vars.EXPECT_INSTALLATION,
    backup: readBackupConfig(vars),
    monitorSeconds: vars.MONITOR_SECONDS,
    deadmanUrl: vars.DEADMAN_URL,
    budgetCheckMinutes: vars.BUDGET_CHECK_MINUTES,
  };
}

interface Secrets {
  JWT_SECRET?: string | undefined;
  ENCRYPTION_KEY?: string | undefined;
  TELEGRAM_BOT_TOKEN?: string | undefined;
}

function givenSecrets(vars: Secrets): Secrets {
  const { JWT_SECRET, ENCRYPTION_KEY, TELEGRAM_BOT_TOKEN } = vars;
  return {
    ...(JWT_SECRET !== undefined && { JWT_SECRET }),
    ...(ENCRYPTION_KEY !== undefined && { ENCRYPTION_KEY }),
    ...(TELEGRAM_BOT_TOKEN !== undefined && { TELEGRAM_BOT_TOKEN }),
  };
}

/** Made once, at the first start without configuration; deleting the file makes the stored secrets unreadable. */
function trialSecrets(file: string): Secrets {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const made = {
      JWT_SECRET: randomBytes(48).toString('base64url'),
      ENCRYPTION_KEY: `trial:${randomBytes(32).toString('base64')}`,
      TELEGRAM_BOT_TOKEN: `1:${randomBytes(32).toString('base64url')}`,
    };
    writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  }
  chmodSync(file, 0o600);
  const Stored = z.object({ JWT_SECRET: z.string(), ENCRYPTION_KEY: z.string(), TELEGRAM_BOT_TOKEN: z.string() });
  try {
    return Stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new ConfigInvalid([`${file} cannot be read. Restore it, or delete it together with the data folder to start afresh`]);
  }
}

const EXAMPLES = /change.?me|secret|example|password|placeholder|^(.)\1+$/i;

function secretProblems({ JWT_SECRET, ENCRYPTION_KEY, TELEGRAM_BOT_TOKEN }: Secrets): string[] {
  const problems: string[] = [];
  if (!TELEGRAM_BOT_TOKEN) problems.push('TELEGRAM_BOT_TOKEN: required with APP_DOMAIN; @BotFather gives it');
  if (!JWT_SECRET) problems.push('JWT_SECRET: required with APP_DOMAIN; make one with: openssl rand -base64 48');
  else if (Buffer.byteLength(JWT_SECRET) < 32) problems.push('JWT_SECRET: at least 32 bytes; make one with: openssl rand -base64 48');
  else if (EXAMPLES.test(JWT_SECRET)) problems.push('JWT_SECRET: looks like an example; make one with: openssl rand -base64 48');
  if (!ENCRYPTION_KEY) problems.push('ENCRYPTION_KEY: required with APP_DOMAIN; make one with: echo "k1:$(openssl rand -base64 32)"');
  else problems.push(...keyProblems(ENCRYPTION_KEY, JWT_SECRET));
  return problems;
}

function keyProblems(text: string, jwtSecret: string | undefined): string[] {
  const keys = parseKeys(text);
  if (!keys)
    return ['ENCRYPTION_KEY: must be kid:base64 of 32 bytes (several by comma); make one with: echo "k1:$(openssl rand -base64 32)"'];
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length) return ['ENCRYPTION_KEY: two keys have the same name before the colon'];
  if (keys.some(({ key }) => new Set(key).size < 8)) return ['ENCRYPTION_KEY: not random enough; make one with: openssl rand -base64 32'];
  if (jwtSecret && keys.some(({ key }) => key.toString('base64') === jwtSecret))
    return ['ENCRYPTION_KEY: must not be the same as JWT_SECRET'];
  return [];
}

function parseKeys(text: string): { kid: string; key: Buffer }[] | undefined {
  const keys = text.split(',').map((item) => {
    const [, kid, encoded] = /^\s*([A-Za-z0-9_-]{1,16}):([A-Za-z0-9+/]{43}=)\s*$/.exec(item) ?? [];
    return kid && encoded ? { kid, key: Buffer.from(encoded, 'base64') } : undefined;
  });
  const whole = keys.filter((key) => key !== undefined);
  return whole.length === keys.length ? whole : undefined;
}
