/** What was changed in a gateway's configuration from here. Values that are or may be secret are masked before they come here. */
export const openclawConfig = `
CREATE TABLE config_change (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES server ON DELETE CASCADE,
  at INTEGER NOT NULL,
  by_user TEXT NOT NULL REFERENCES user,
  -- [{path, before, after}]; a key that is missing: nothing stood there.
  changes TEXT NOT NULL,
  restarts INTEGER NOT NULL DEFAULT 0 CHECK (restarts IN (0, 1)),
  -- The boot that is to end.
  boot_id TEXT,
  -- pending: about to be sent to the gateway; a row that is left in this state by a crash is looked at again at the next start.
  state TEXT NOT NULL CHECK (state IN ('pending', 'applied', 'watched', 'restored', 'restore_failed', 'undone')),
  undoes TEXT
) STRICT;
CREATE INDEX config_change_of_server ON config_change (server_id, at);
`;
