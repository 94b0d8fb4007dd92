import { sealedRag } from '../features/rag/sealed-rag.store.ts';
import { sealedCanary, sealedServers } from '../features/servers/sealed-servers.store.ts';
import { sealedWebhooks } from '../features/webhooks/sealed-webhooks.store.ts';
import type { SealedColumn } from '../lib/sealed-column.ts';
import type { Database } from '../lib/tables.ts';
import { sealedTasks } from '../tasks/sealed-tasks.store.ts';

/**
 * Every column that holds sealed texts: what `npm run keys:rotate` goes through. A new one belongs here. The canary comes
 * last: until a rotation is through, Clawmoor does not start without the old key.
 */
export const sealedColumns = (db: Database): SealedColumn[] => [
  sealedServers(db),
  sealedTasks(db),
  sealedWebhooks(db),
  sealedRag(db),
  sealedCanary(db),
];
