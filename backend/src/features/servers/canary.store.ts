import type { Database } from '../../lib/tables.ts';

const KEY = 'canary';

export function canaryStore(db: Database) {
  return {
    read: async (): Promise<string | undefined> =>
      (await db.selectFrom('setting').select('value').where('key', '=', KEY).executeTakeFirst())?.value,
    write: (value: string) => db.insertInto('setting').values({ key: KEY, value }).execute(),
  };
}
