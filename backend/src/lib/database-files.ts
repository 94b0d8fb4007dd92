/** What a database file says about itself. */
export interface DatabaseFacts {
  /** The name of its newest migration. */
  schema: string;
  migrations: { name: string; checksum: string }[];
  /** Rows by table. */
  counts: Record<string, number>;
  /** A sealed text that the right ENCRYPTION_KEY opens. */
  canary: string | undefined;
  /** The installation that it belongs to. */
  installation: string | undefined;
  bytes: number;
  /** When the newest audit row was written: how old the content is. */
  newestEntryAt: number | undefined;
}

/**
 * Work on whole database files, off the event loop. Each refuses with a Problem `backup.*` or `storage.full`, and leaves
 * no half-written file under the name it was asked for.
 */
export interface DatabaseFiles {
  /** What the name of a copy ends with, before it is packed. */
  ending: 'db' | 'dump';
  /** A consistent copy of a database that is in use. */
  copy(work: { from: string; to: string }, signal?: AbortSignal): Promise<void>;
  /** Reads all of it: pages, foreign keys, row counts. */
  check(file: string, signal?: AbortSignal): Promise<DatabaseFacts>;
  /** gzip, and age where there is a recipient; on disk for good when it resolves. */
  pack(work: { from: string; to: string; recipient: string | undefined }, signal?: AbortSignal): Promise<{ size: number; sha256: string }>;
  /** The way back; plain database files pass too. Stops at `maxBytes`. */
  unpack(work: { from: string; to: string; maxBytes: number; identity: string | undefined }, signal?: AbortSignal): Promise<void>;
  /** What a rehearsal does: as a restore would, aside. `restored`: whether it was more than read. */
  tryOut(file: string, signal?: AbortSignal): Promise<{ facts: DatabaseFacts; restored: boolean }>;
  /** SHA-256 of a file, in hex. */
  digest(file: string, signal?: AbortSignal): Promise<string>;
}
