/** Times are milliseconds since the epoch; booleans are 0 and 1. Statements keep to what PostgreSQL understands too. */
export const start = `
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE user (
  id TEXT PRIMARY KEY,
  first_name TEXT NOT NULL,
  last_name TEXT,
  username TEXT,
  language_code TEXT,
  allows_write_to_pm INTEGER NOT NULL DEFAULT 0 CHECK (allows_write_to_pm IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  revoked_at INTEGER,
  user_agent TEXT,
  ip TEXT
) STRICT;
CREATE INDEX session_of_user ON session (user_id);

CREATE TABLE server (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT 'ssh' CHECK (kind IN ('ssh', 'trial')),
  host TEXT NOT NULL,
  port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
  username TEXT NOT NULL,
  auth_method TEXT NOT NULL CHECK (auth_method IN ('password', 'key', 'generated')),
  public_key TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  jump_host TEXT,
  jump_port INTEGER,
  jump_username TEXT,
  state TEXT NOT NULL DEFAULT 'unknown'
    CHECK (state IN ('unknown', 'online', 'reachable', 'offline', 'auth_failed', 'key_changed')),
  state_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- The envelope is bound to this row and to the host, port and user name it is meant for: see features/servers.
CREATE TABLE server_secret (
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name IN ('password', 'private_key', 'passphrase', 'sudo_password',
    'jump_password', 'jump_private_key', 'jump_passphrase')),
  envelope TEXT NOT NULL,
  PRIMARY KEY (server_id, name)
) STRICT;

-- seen: what the last test showed, not yet trusted. pinned: what a person confirmed.
CREATE TABLE host_key (
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  hop TEXT NOT NULL CHECK (hop IN ('server', 'jump')),
  standing TEXT NOT NULL CHECK (standing IN ('seen', 'pinned')),
  type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  by_user TEXT,
  PRIMARY KEY (server_id, hop, standing)
) STRICT;

CREATE TABLE member (
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'admin', 'owner')),
  granted_by TEXT,
  granted_at INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (server_id, user_id)
) STRICT;
CREATE INDEX member_of_user ON member (user_id);
CREATE UNIQUE INDEX one_owner_per_server ON member (server_id) WHERE role = 'owner';

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor_id TEXT,
  actor_name TEXT,
  action TEXT NOT NULL,
  server_id TEXT,
  target TEXT,
  result TEXT NOT NULL,
  before TEXT,
  after TEXT,
  ip TEXT,
  request_id TEXT,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_server ON audit (server_id, id);
CREATE INDEX audit_of_actor ON audit (actor_id, id);
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit rows cannot be changed'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit rows cannot be deleted'); END;

CREATE TABLE task (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  lane TEXT NOT NULL,
  type TEXT NOT NULL,
  input TEXT NOT NULL,
  -- Sealed; NULL when there are none or the task has ended.
  secrets TEXT,
  -- Names of the secrets it was given, for a retry: a JSON array.
  secret_names TEXT NOT NULL DEFAULT '[]',
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
  -- Set when a person asked to cancel; carried out also after a restart.
  cancel_asked_at INTEGER,
  -- Which process drives it, and until when it may; a higher generation has taken over.
  lease_until INTEGER,
  generation INTEGER NOT NULL DEFAULT 0,
  -- Interruptions without progress since the last step that ended.
  interruptions INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  created_by TEXT NOT NULL REFERENCES user,
  idempotency_key TEXT,
  retry_of TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  last_seq INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX one_open_task_per_lane ON task (server_id, lane) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX one_task_per_idempotency_key ON task (created_by, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX task_of_server ON task (server_id, created_at);
CREATE INDEX task_by_age ON task (created_at, id);

CREATE TABLE task_step (
  task_id TEXT NOT NULL REFERENCES task ON DELETE CASCADE,
  position INTEGER NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'running', 'reconnecting', 'succeeded', 'skipped', 'failed', 'cancelled', 'interrupted')),
  started_at INTEGER,
  finished_at INTEGER,
  error TEXT,
  PRIMARY KEY (task_id, key)
) STRICT;

-- A detached run of a step: how far its log has been read, so that following it goes on where it stopped.
CREATE TABLE task_run (
  task_id TEXT NOT NULL REFERENCES task ON DELETE CASCADE,
  name TEXT NOT NULL,
  step TEXT NOT NULL,
  offset INTEGER NOT NULL DEFAULT 0,
  exit_code INTEGER,
  PRIMARY KEY (task_id, name)
) STRICT;

-- What people see happen, in order: log lines, and every change of state of the task or of a step.
CREATE TABLE task_event (
  task_id TEXT NOT NULL REFERENCES task ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('log', 'task', 'step')),
  step TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL,
  PRIMARY KEY (task_id, seq)
) STRICT, WITHOUT ROWID;
`;
