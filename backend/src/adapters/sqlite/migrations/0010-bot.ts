/** What people are told in Telegram, how far it has got, what the bot has heard, and the addresses that are told the same. */
export const bot = `
-- One row for each person and subject: what their chat should show, and what it shows. No row of a server or a person is referred
-- to: a super-admin need not have signed in, and the end of a server is news as well.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- 0: the message itself; 1: the one that rings again because nobody has answered.
  ring INTEGER NOT NULL DEFAULT 0 CHECK (ring IN (0, 1)),
  -- The notice as it was announced last, or what a summary is about; JSON.
  notice TEXT NOT NULL,
  is_summary INTEGER NOT NULL DEFAULT 0 CHECK (is_summary IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'shown', 'held', 'dropped', 'failed')),
  -- Why it is held, dropped or failed.
  why TEXT,
  -- Telegram's number of the message that shows it.
  message_id INTEGER,
  -- The summary that shows it, in the place of a message of its own.
  summary_id INTEGER REFERENCES outbox ON DELETE SET NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- So often it was sent without our hearing whether it arrived.
  unknown INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- When the person was pinged with it.
  shown_at INTEGER,
  UNIQUE (user_id, subject, ring)
) STRICT;
CREATE INDEX outbox_state ON outbox (state, user_id, id);
CREATE INDEX outbox_of_summary ON outbox (summary_id);
CREATE INDEX outbox_of_subject ON outbox (subject);
CREATE INDEX outbox_updated ON outbox (updated_at);

CREATE TABLE bot_chat (
  user_id TEXT PRIMARY KEY,
  -- They have written to the bot: it may write to them.
  started_at INTEGER,
  unreachable_since INTEGER,
  unreachable_why TEXT,
  -- Telegram has asked us to wait so long.
  paused_until INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Which updates were taken up: none is handled twice.
CREATE TABLE bot_update (update_id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE INDEX bot_update_at ON bot_update (at);

-- Critical news that nobody has answered yet: who is rung next, and when.
CREATE TABLE escalation (
  subject TEXT PRIMARY KEY,
  server_id TEXT NOT NULL,
  step INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook (
  id TEXT PRIMARY KEY,
  -- NULL: news of every server, and of the installation itself.
  server_id TEXT REFERENCES server ON DELETE CASCADE,
  url TEXT NOT NULL,
  -- A JSON array; empty: all.
  kinds TEXT NOT NULL DEFAULT '[]',
  secret TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  disabled_why TEXT,
  failing_since INTEGER,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_of_server ON webhook (server_id, created_at);

CREATE TABLE webhook_delivery (
  id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES webhook ON DELETE CASCADE,
  -- One per webhook, subject and phase.
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  status INTEGER,
  error TEXT,
  took_ms INTEGER,
  created_at INTEGER NOT NULL,
  tried_at INTEGER,
  UNIQUE (webhook_id, key)
) STRICT;
CREATE INDEX webhook_delivery_due ON webhook_delivery (state, due_at);
CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook_id, created_at);
`;
