import { startPostgres } from './postgres.ts';
import { handOver } from './store.ts';

/** One PostgreSQL for all files of a run, where `CLAWMOOR_STORE=postgres` asks for it. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['CLAWMOOR_STORE'] !== 'postgres') return undefined;
  const postgres = await startPostgres();
  process.env['CLAWMOOR_TEST_POSTGRES'] = handOver(postgres);
  return postgres.stop;
}
