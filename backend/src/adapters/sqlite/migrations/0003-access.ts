/** Invitations, ownership offers, step-up codes, personal tokens, device logins, preferences. Of every secret only its hash is stored. */
export const access = `
CREATE TABLE invitation (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'admin')),
  access_expires_at INTEGER,
  for_user_id TEXT,
  code_hash TEXT NOT NULL UNIQUE,
  created_by TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  used_by TEXT,
  revoked_at INTEGER
) STRICT;
CREATE INDEX invitation_of_creator ON invitation (server_id, created_by);

CREATE TABLE ownership_offer (
  server_id TEXT PRIMARY KEY REFERENCES server ON DELETE CASCADE,
  from_user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
  to_user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
  offered_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ownership_offer_to ON ownership_offer (to_user_id);

CREATE TABLE step_up (
  code_hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX step_up_of_session ON step_up (session_id);

CREATE TABLE personal_token (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
CREATE INDEX personal_token_of_user ON personal_token (user_id);

CREATE TABLE device_login (
  user_code TEXT PRIMARY KEY,
  device_code_hash TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'denied')),
  user_agent TEXT,
  ip TEXT,
  user_id TEXT REFERENCES user ON DELETE CASCADE,
  scope TEXT CHECK (scope IN ('read', 'write', 'admin')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  polled_at INTEGER
) STRICT;

CREATE TABLE preference (
  user_id TEXT PRIMARY KEY REFERENCES user ON DELETE CASCADE,
  notifications TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
`;
