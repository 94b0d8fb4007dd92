/** What is remembered about gateways: who stays connected to answer, budgets and what they did, and what the kill switch stopped. */
export const openclawDaily = `
CREATE TABLE approval_watch (
  server_id TEXT PRIMARY KEY REFERENCES server ON DELETE CASCADE,
  by_user TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE budget (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  -- NULL: all agents of the server.
  agent_id TEXT,
  period TEXT NOT NULL CHECK (period IN ('day', 'month')),
  limit_usd REAL NOT NULL CHECK (limit_usd > 0),
  policy TEXT NOT NULL CHECK (policy IN ('warn', 'stop_schedules', 'cheaper_model', 'stop_channels')),
  cheaper_model TEXT,
  -- Whose rights of now the budget acts with.
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- The first UTC day of the period that the columns below are about.
  since TEXT NOT NULL,
  spent_usd REAL,
  reached INTEGER NOT NULL DEFAULT 0,
  checked_at INTEGER,
  problem TEXT,
  -- What was changed at 100 %, and what it was before: a JSON array.
  held TEXT NOT NULL DEFAULT '[]',
  overridden INTEGER NOT NULL DEFAULT 0 CHECK (overridden IN (0, 1))
) STRICT;
CREATE INDEX budget_of_server ON budget (server_id, created_at);

-- A row stands while something is stopped; each thing is written down before it is done.
CREATE TABLE kill_switch (
  server_id TEXT PRIMARY KEY REFERENCES server ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('stopping', 'stopped', 'resuming')),
  mode TEXT NOT NULL CHECK (mode IN ('pause', 'service')),
  by_name TEXT NOT NULL,
  at INTEGER NOT NULL,
  held TEXT NOT NULL DEFAULT '[]',
  sessions TEXT NOT NULL DEFAULT '[]',
  service TEXT
) STRICT;
`;
