/** One-use links for downloads. Only the hash of the secret is stored. */
export const tickets = `
CREATE TABLE ticket (
  hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
  session_id TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
  path TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_of_session ON ticket (session_id);
`;
