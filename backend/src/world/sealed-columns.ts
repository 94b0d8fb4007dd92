import { sealedServers } from '../features/servers/sealed-servers.store.ts';
import type { SealedColumn } from '../lib/sealed-column.ts';
import type { Database } from '../lib/tables.ts';
import { sealedTasks } from '../tasks/sealed-tasks.store.ts';

/** Every column that holds sealed texts: what `npm run keys:rotate` goes through. A new one belongs here. */
export const sealedColumns = (db: Database): SealedColumn[] => [...sealedServers(db), sealedTasks(db)];
