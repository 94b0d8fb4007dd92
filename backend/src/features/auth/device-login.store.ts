import type { Insertable, Selectable } from 'kysely';
import type { TokenScope } from '@clawmoor/shared/tokens.ts';
import type { Database, Tables } from '../../lib/tables.ts';

export type DeviceRow = Selectable<Tables['device_login']>;

export function deviceLoginStore(db: Database) {
  return {
    add: (row: Insertable<Tables['device_login']>) => db.insertInto('device_login').values(row).execute(),
    byUserCode: (code: string): Promise<DeviceRow | undefined> =>
      db.selectFrom('device_login').selectAll().where('user_code', '=', code).executeTakeFirst(),
    byDeviceCode: (hash: string): Promise<DeviceRow | undefined> =>
      db.selectFrom('device_login').selectAll().where('device_code_hash', '=', hash).executeTakeFirst(),
    polled: (code: string, at: number) => db.updateTable('device_login').set({ polled_at: at }).where('user_code', '=', code).execute(),
    /** The first answer counts: answers the row, or `undefined` where it was answered already. */
    answer: (code: string, answer: { state: 'approved' | 'denied'; user_id: string; scope: TokenScope | null }) =>
      db
        .updateTable('device_login')
        .set(answer)
        .where('user_code', '=', code)
        .where('state', '=', 'pending')
        .returningAll()
        .executeTakeFirst(),
    /** Whoever removes it gets the token: of two at once one does. */
    take: (code: string): Promise<DeviceRow | undefined> =>
      db.deleteFrom('device_login').where('user_code', '=', code).where('state', '=', 'approved').returningAll().executeTakeFirst(),
    forgetBefore: (time: number) => db.deleteFrom('device_login').where('expires_at', '<=', time).execute(),
  };
}
