import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Database, Tables } from '../../lib/tables.ts';

export type OfferRow = Selectable<Tables['ownership_offer']> & { server_name: string; from_name: string; to_name: string };

export function ownershipStore(db: Database) {
  const withNames = (now: number) =>
    db
      .selectFrom('ownership_offer')
      .innerJoin('server', 'server.id', 'ownership_offer.server_id')
      .innerJoin('user as giver', 'giver.id', 'ownership_offer.from_user_id')
      .innerJoin('user as taker', 'taker.id', 'ownership_offer.to_user_id')
      .selectAll('ownership_offer')
      .select(['server.name as server_name', 'giver.first_name as from_name', 'taker.first_name as to_name'])
      .where('ownership_offer.expires_at', '>', now);

  return {
    inOneGo: <T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> => db.transaction().execute(work),
    of: (serverId: string, now: number): Promise<OfferRow | undefined> =>
      withNames(now).where('ownership_offer.server_id', '=', serverId).executeTakeFirst(),
    to: (userId: string, now: number): Promise<OfferRow[]> =>
      withNames(now).where('ownership_offer.to_user_id', '=', userId).orderBy('ownership_offer.offered_at').execute(),
    /** A new offer takes the place of an older one. */
    put: (row: Insertable<Tables['ownership_offer']>) =>
      db
        .insertInto('ownership_offer')
        .values(row)
        .onConflict((conflict) => {
          const { server_id: _server, ...changing } = row;
          return conflict.column('server_id').doUpdateSet(changing);
        })
        .execute(),
    remove: (serverId: string) => db.deleteFrom('ownership_offer').where('server_id', '=', serverId).execute(),
    forgetBefore: (time: number) => db.deleteFrom('ownership_offer').where('expires_at', '<=', time).execute(),
  };
}
