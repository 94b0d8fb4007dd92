/** The document search of each server, and which agents have its tool. */
export const rag = `
  CREATE TABLE rag_service (
    server_id TEXT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    token TEXT NOT NULL,
    port INTEGER NOT NULL,
    installed_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE rag_skill (
    server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    agent_id TEXT NOT NULL,
    skill_file TEXT NOT NULL,
    skill_sha256 TEXT NOT NULL,
    allows TEXT NOT NULL DEFAULT '[]',
    enabled_at INTEGER,
    PRIMARY KEY (server_id, agent_id)
  ) STRICT;
`;
