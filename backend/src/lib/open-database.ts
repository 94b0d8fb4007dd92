import type { Database } from './tables.ts';

/** A store that is open, whichever it is. */
export interface OpenDatabase {
  db: Database;
  /** What it is and of which version, for the page of the installation's health. */
  engine: { name: 'sqlite' | 'postgres'; version: string };
  /** Whether no Clawmoor runs on it meanwhile, where the store itself knows. */
  alone?: boolean;
  /** One write and its undoing: what readiness asks. Throws when nothing can be written. */
  checkWritable: () => Promise<void>;
  size: () => Promise<DatabaseSize>;
  /** Moves the write-ahead log into the database where that is ours to do, unless somebody still reads from it. Answers whether it did. */
  checkpoint: () => boolean;
  close: () => Promise<void>;
}

/** How large it is, in bytes; `freeBytes` of it could be given back. */
export interface DatabaseSize {
  bytes: number;
  walBytes?: number;
  pages?: number;
  freeBytes?: number;
  connections?: number;
}

/** Another Clawmoor has this store, or it is not the one that should be here. The message says which, and what to do. */
export class DataFolderRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataFolderRefused';
  }
}

/** The schema of the store does not fit this build. */
export class MigrationRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationRefused';
  }
}
