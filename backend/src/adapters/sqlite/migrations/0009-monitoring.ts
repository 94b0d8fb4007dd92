/** Whether and how servers are watched, what was measured on them, the incidents, and what is still to be told. */
export const monitoring = `
CREATE TABLE monitoring (
  -- A small number for the millions of samples, where the id of the server would be most of their bytes.
  series INTEGER PRIMARY KEY,
  server_id TEXT NOT NULL UNIQUE REFERENCES server ON DELETE CASCADE,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  -- What differs from the defaults.
  rules TEXT NOT NULL DEFAULT '{}',
  -- What the counters of the machine stood at when it was last looked at.
  counters TEXT
) STRICT;

CREATE TABLE sample (
  series INTEGER NOT NULL REFERENCES monitoring ON DELETE CASCADE,
  -- Minutes that the row stands for.
  step INTEGER NOT NULL CHECK (step IN (1, 10, 60)),
  -- Minutes since the epoch, a multiple of the step.
  minute INTEGER NOT NULL,
  load INTEGER, cpu INTEGER, memory INTEGER, swap INTEGER, disk INTEGER, inodes INTEGER, gateway INTEGER,
  load_max INTEGER, cpu_max INTEGER, memory_max INTEGER, swap_max INTEGER, disk_max INTEGER, inodes_max INTEGER,
  PRIMARY KEY (series, step, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
  id TEXT PRIMARY KEY,
  -- NULL: the installation itself.
  server_id TEXT REFERENCES server ON DELETE CASCADE,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
  -- What people are told anew when it changes, besides the severity.
  stage TEXT NOT NULL,
  facts TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  resolved_at INTEGER,
  returned INTEGER NOT NULL DEFAULT 0,
  acknowledged_at INTEGER,
  acknowledged_by TEXT
) STRICT;
CREATE UNIQUE INDEX incident_open ON incident (coalesce(server_id, ''), kind, about) WHERE state = 'open';
CREATE INDEX incident_of_server ON incident (server_id, opened_at, id);
CREATE INDEX incident_by_time ON incident (opened_at, id);

CREATE TABLE incident_event (
  seq INTEGER PRIMARY KEY,
  incident_id TEXT NOT NULL REFERENCES incident ON DELETE CASCADE,
  at INTEGER NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('opened', 'changed', 'returned', 'resolved', 'acknowledged')),
  severity TEXT NOT NULL,
  who TEXT,
  facts TEXT NOT NULL
) STRICT;
CREATE INDEX incident_event_of ON incident_event (incident_id, seq);

-- Written with the change that is to be told, removed when it is told: a crash in between tells it again, never not.
CREATE TABLE notice_pending (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  notice TEXT NOT NULL
) STRICT;
`;
