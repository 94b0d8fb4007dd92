/** Updates of several servers: the order, and what became of each. The work itself is a task of its server. */
export const openclawRollouts = `
CREATE TABLE rollout (
  id TEXT PRIMARY KEY,
  version TEXT NOT NULL,
  at_once INTEGER NOT NULL CHECK (at_once > 0),
  -- Whose rights of the time each server is begun with.
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'stopped')),
  finished_at INTEGER
) STRICT;
CREATE INDEX rollout_of_person ON rollout (created_by, created_at);

CREATE TABLE rollout_server (
  rollout_id TEXT NOT NULL REFERENCES rollout ON DELETE CASCADE,
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'skipped')),
  task_id TEXT,
  code TEXT,
  message TEXT,
  PRIMARY KEY (rollout_id, server_id)
) STRICT;
`;
