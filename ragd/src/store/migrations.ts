/** The position in the list is the version of the file: only append. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE files(
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    type TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'parsing', 'embedding', 'done', 'failed')),
    error_code TEXT,
    error_message TEXT,
    error_fix TEXT,
    flags TEXT NOT NULL DEFAULT '[]',
    indexed_sha256 TEXT,
    chunker TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX files_by_state ON files(state, changed_at);

  CREATE TABLE chunks(
    id INTEGER PRIMARY KEY,
    file_id TEXT NOT NULL REFERENCES files(id),
    seq INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    terms TEXT,
    overlap INTEGER NOT NULL,
    position TEXT NOT NULL,
    sha256 TEXT NOT NULL
  ) STRICT;
  CREATE INDEX chunks_by_file ON chunks(file_id, seq);
  CREATE INDEX chunks_by_sha256 ON chunks(sha256);

  -- What the full-text index holds of a chunk: written down where it is more than heading and text, so that it can be taken out again exactly.
  CREATE VIEW searchable AS SELECT id, coalesce(terms, heading || char(10) || text) AS body FROM chunks;
  CREATE VIRTUAL TABLE fts USING fts5(body, content='searchable', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');
  -- Deleted words leave the index at once instead of at its next merge.
  INSERT INTO fts(fts, rank) VALUES ('secure-delete', 1);

  CREATE TABLE generations(
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    -- Rises with another model and with a full reindex: the vectors of one epoch belong together.
    epoch INTEGER NOT NULL,
    model TEXT NOT NULL,
    source TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    quantised INTEGER NOT NULL DEFAULT 0 CHECK (quantised IN (0, 1)),
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX one_active_generation ON generations(active) WHERE active = 1;

  CREATE TABLE vectors(
    generation INTEGER NOT NULL REFERENCES generations(id),
    chunk_id INTEGER NOT NULL,
    PRIMARY KEY (generation, chunk_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX vectors_by_chunk ON vectors(chunk_id);

  CREATE TABLE jobs(
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('ingest', 'reindex', 'import')),
    created_at TEXT NOT NULL,
    cancelled_at TEXT
  ) STRICT;
  CREATE TABLE job_files(
    job_id TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    file_id TEXT NOT NULL REFERENCES files(id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, file_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_files_by_file ON job_files(file_id);
  `,
];
