import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openPostgres } from '../adapters/postgres/database.ts';
import { holdDatabase } from '../adapters/postgres/exchange.ts';
import type { MovedTable } from '../adapters/postgres/move.ts';
import { lockDatabase, writeGuard } from '../adapters/sqlite/data-folder.ts';
import { openDatabase } from '../adapters/sqlite/database.ts';
import type { Config } from '../config.ts';
import { adminStore } from '../features/admin/admin.store.ts';
import { createAudit } from '../features/audit/audit.ts';
import { checkCanary } from '../features/servers/canary.ts';
import { iso, type Clock } from '../lib/clock.ts';
import { DataFolderRefused, MigrationRefused } from '../lib/open-database.ts';
import { createSealer } from '../lib/sealer.ts';
import { INSTALLATION } from './database.ts';

export type MovePhase = 'aside' | 'copied' | 'kept' | 'renamed';

export interface MoveParts {
  config: Config;
  clock: Clock;
  /** Called when a phase is over. */
  onPhase?: (phase: MovePhase) => void;
}

export interface Move {
  tables: MovedTable[];
  /** Entries of the audit log whose chain was walked in PostgreSQL. */
  audited: number;
  /** Where the SQLite file is now. */
  kept: string;
}

const NOBODY = { actorId: undefined, actorName: 'npm run migrate-to-postgres', serverId: undefined, ip: undefined, requestId: undefined };

/**
 * Moves a SQLite installation into the empty PostgreSQL of DATABASE_URL. Nothing of it counts before everything has arrived
 * and was compared; the file stays beside, under another name, so that no start goes on with what is old by then.
 */
export async function moveToPostgres({ config, clock, onPhase = () => {} }: MoveParts): Promise<Move> {
  const { databaseUrl: url } = config;
  if (url === undefined) throw new MigrationRefused('DATABASE_URL is not set: it names the PostgreSQL that the installation moves to.');
  const file = join(config.dataDir, 'clawmoor.db');
  if (!existsSync(file)) throw new MigrationRefused(`There is no database at ${file}. Is DATA_DIR the right one?`);
  const lock = lockDatabase(file);
  try {
    const installation = await readyToMove(file, { config, clock });
    const held = await holdDatabase(url);
    let result: Omit<Move, 'kept'>;
    try {
      if (held.inUse) {
        throw new DataFolderRefused(
          'The database of DATABASE_URL holds a Clawmoor already, and nothing was changed. If it is this one, moved before, just start. Else name an empty database.',
        );
      }
      await held.setAside();
      onPhase('aside');
      const tables = await held.fill(file, clock.now);
      onPhase('copied');
      result = { tables, audited: await proveChain(url, { config, clock, tables: tables.length }) };
      await held.keepNew();
      onPhase('kept');
    } catch (error) {
      await held.putBack().catch(() => {}); // the next start does it
      throw error;
    } finally {
      await held.release();
    }
    writeGuard(file, installation);
    const kept = `${file}.moved-${iso(clock.now()).replaceAll(':', '').replace('.', '-')}`;
    await rename(file, kept);
    onPhase('renamed');
    return { ...result, kept };
  } finally {
    lock.release();
  }
}

/** Brings the file to this build's schema and proves that it is ours; answers which installation it is. */
async function readyToMove(file: string, { config, clock }: { config: Config; clock: Clock }): Promise<string> {
  const { db, close } = await openDatabase(file, { clock, mustExist: true });
  try {
    await checkCanary({ db, sealer: createSealer(config.encryptionKeys) });
    const installation = await adminStore(db).read(INSTALLATION);
    if (installation === undefined) throw new MigrationRefused(`Clawmoor has never been started on ${file}: there is nothing to move.`);
    return installation;
  } finally {
    await close();
  }
}

async function proveChain(url: string, { config, clock, tables }: { config: Config; clock: Clock; tables: number }): Promise<number> {
  const { db, close } = await openPostgres({ url, clock, alone: false, mustExist: true });
  try {
    const audit = createAudit({ db, clock, keepDays: config.auditKeepDays });
    const { brokenAt, rows } = await audit.chain.walk();
    if (brokenAt !== undefined) {
      throw new MigrationRefused(
        `The audit log does not fit together at entry ${brokenAt}, in the SQLite file as well: npm run audit:verify`,
      );
    }
    await audit.record({ ...NOBODY, action: 'installation.move', target: 'postgres', result: 'ok', after: { tables, audited: rows } });
    return rows;
  } finally {
    await close();
  }
}
