import type { Variable } from './config.ts';

/** What each variable of the environment is for: `docs/reference/config.md` is made of it. */
export const configWords: Record<Variable, string> = {
  APP_DOMAIN: 'The public host name, without `https://`. Without it Clawmoor is the local trial, open to this machine alone',
  PORT: 'Where it listens; 0 takes a free port',
  HOST: 'The address it listens on: 127.0.0.1 in the local trial, else 0.0.0.0',
  DATA_DIR: 'The folder of the database and its backups; keep the keys elsewhere',
  DATABASE_URL:
    'PostgreSQL (15 or newer) in the place of the SQLite file: `postgres://clawmoor:password@localhost/clawmoor`. See [PostgreSQL](../guides/postgresql.md)',
  TELEGRAM_BOT_TOKEN: 'Of your bot, from @BotFather. Needed with `APP_DOMAIN`',
  PEER_ADDRESS:
    'For several processes on one PostgreSQL: the private address of this machine, without a port. One works, the others stand by: see [PostgreSQL](../guides/postgresql.md#several-processes)',
  JWT_SECRET: 'Signs sessions; at least 32 bytes: `openssl rand -base64 48`. Needed with `APP_DOMAIN`',
  ENCRYPTION_KEY:
    'Seals stored secrets: `echo "k1:$(openssl rand -base64 32)"`. Several by comma, the first seals: see [Backup and restore](../guides/backup-and-restore.md). Needed with `APP_DOMAIN`',
  SUPER_ADMIN_IDS: 'Telegram ids, by comma, of those who look after the installation: audit log, backups, health',
  REGISTRATION: '`open`: everybody may sign in and add servers. `invite`: super-admins and members of a server only',
  ALLOW_PRIVATE_HOSTS:
    '`true`, `false`, or networks by comma (`10.0.0.0/8`): which private addresses servers may have. Without it: `true` in the local trial, else `false`',
  DASHBOARD_ORIGIN: "Where the gateways' own dashboards are shown, an origin for each: `https://*.gateways.example.org`",
  TELEGRAM_API_ROOT: 'Another address of the Bot API, such as a local Bot API server',
  BOT_WEBHOOK: '`true`: Telegram delivers to `https://APP_DOMAIN/api/bot/webhook`. `false`: Clawmoor asks, which works behind any firewall',
  ESCALATE_AFTER_MINUTES:
    'A critical incident that nobody has answered rings one more admin after each so many minutes, the owner first; 0: never',
  INIT_DATA_MAX_AGE: 'Seconds for which a launch of the Mini App can sign in',
  LOG_LEVEL: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`; JSON lines on stdout',
  TRUST_PROXY:
    "Proxies in front: their number, or addresses and networks by comma. Only then is the client's address taken from `X-Forwarded-For`",
  METRICS_TOKEN: 'Opens `/metrics` to `Authorization: Bearer …`; there is no such page without it',
  AUDIT_KEEP_DAYS: 'So long audit entries are kept',
  EXPECT_INSTALLATION:
    'The id in `clawmoor.db.id`. With it, a volume that was not mounted, or the wrong one, stops the start instead of making a new database',
  MONITOR_SECONDS: 'So often each server is looked at; 0: servers are not watched',
  OLLAMA_DOWNLOAD_BASE:
    'Where servers download Ollama from, when not from its releases on GitHub: below it lie `v<version>/ollama-linux-amd64.tar.zst`, `…-arm64.tar.zst` and `sha256sum.txt`',
  DEADMAN_URL:
    'An address that is called every minute while the watching of servers goes on: a service such as healthchecks.io tells you when the calls stop. It may be a private one',
  BUDGET_CHECK_MINUTES: 'So often spending is compared with its budgets; 0: never',
  BACKUP_SCHEDULE: 'When backups are made: a cron line, in the time zone of the process',
  BACKUP_KEEP: 'So many backups are kept at most',
  BACKUP_KEEP_DAYS: 'So old a backup gets at most. The newest good one is never removed',
  BACKUP_RECIPIENT: 'An age recipient (`age1…`, from `age-keygen`): backups are encrypted for whoever has its identity',
  BACKUP_S3_ENDPOINT: 'S3-compatible storage for off-site copies: `https://s3.eu-central-1.amazonaws.com`',
  BACKUP_S3_BUCKET: 'Its bucket. Needed with the endpoint',
  BACKUP_S3_REGION: 'Its region',
  BACKUP_S3_ACCESS_KEY: 'Its access key; it needs to put and to read objects below the prefix. Needed with the endpoint',
  BACKUP_S3_SECRET_KEY: 'The secret of that key. Needed with the endpoint',
  BACKUP_S3_PREFIX: "Stands before the file's name: `clawmoor/`",
};
