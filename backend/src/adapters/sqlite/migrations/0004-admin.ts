/** Audit log: pages by time, and a floor below which old rows may go. Backups and their rehearsals. A task knows its request. */
export const admin = `
PRAGMA application_id = 1129070418; -- "CLMR"

DROP INDEX audit_of_server;
DROP INDEX audit_of_actor;
-- The rowid, which is the id, stands behind the columns of every index: a page is read by (at, id) in one of these.
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_of_server ON audit (server_id, at);
CREATE INDEX audit_of_actor ON audit (actor_id, at);
CREATE INDEX audit_of_action ON audit (action, at);
CREATE INDEX audit_of_failure ON audit (at) WHERE result <> 'ok';

-- One row at most: everything up to here was removed, and the hash that the first kept row is chained to.
CREATE TABLE audit_floor (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  audit_id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  moved_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER audit_floor_only_rises BEFORE UPDATE ON audit_floor WHEN NEW.audit_id <= OLD.audit_id
  BEGIN SELECT RAISE(ABORT, 'the floor of the audit log only rises'); END;
CREATE TRIGGER audit_floor_stays BEFORE DELETE ON audit_floor
  BEGIN SELECT RAISE(ABORT, 'the floor of the audit log only rises'); END;
DROP TRIGGER audit_is_append_only_delete;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
  WHEN OLD.id > coalesce((SELECT audit_id FROM audit_floor), 0)
  BEGIN SELECT RAISE(ABORT, 'audit rows cannot be deleted'); END;

-- A row is a copy that was checked after it was written; the file beside the database may be gone.
CREATE TABLE backup (
  filename TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('schedule', 'person')),
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  encrypted INTEGER NOT NULL CHECK (encrypted IN (0, 1)),
  schema TEXT NOT NULL,
  -- Rows by table: a JSON object.
  counts TEXT NOT NULL,
  took_ms INTEGER NOT NULL,
  -- Where an off-site copy is kept: when it arrived, or why it did not.
  uploaded_at INTEGER,
  upload_error TEXT
) STRICT;
CREATE INDEX backup_by_age ON backup (created_at);

CREATE TABLE rehearsal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  filename TEXT NOT NULL,
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
  message TEXT NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE task ADD COLUMN request_id TEXT;
`;
