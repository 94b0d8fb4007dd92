import type { OwnershipOffer } from '@clawmoor/shared/access.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { Database } from '../../lib/tables.ts';
import { noOffer, notAMember } from './access.problems.ts';
import { membersStore } from './members.store.ts';
import { ownershipStore, type OfferRow } from './ownership.store.ts';

// Long enough for somebody on holiday's return; an offer that is forgotten does not stand open for ever.
const OFFER_MS = 7 * 24 * 3_600_000;

export interface OwnershipParts {
  db: Database;
  clock: Clock;
  onRightsChanged: (userId: string) => void;
}

export type Ownership = ReturnType<typeof createOwnership>;

/** A server changes hands: the owner offers, a member accepts, and in one transaction there is again exactly one owner. */
export function createOwnership({ db, clock, onRightsChanged }: OwnershipParts) {
  const store = ownershipStore(db);
  const members = membersStore(db, clock);

  /** An offer counts while its giver is the owner and its taker a member. */
  async function offerTo(userId: string, serverId: string): Promise<OfferRow> {
    const offer = await store.of(serverId, clock.now());
    if (!offer || offer.to_user_id !== userId) throw noOffer();
    return offer;
  }

  return {
    async read(serverId: string): Promise<OwnershipOffer | null> {
      const offer = await store.of(serverId, clock.now());
      return offer ? offerView(offer) : null;
    },
    offersTo: async (userId: string): Promise<OwnershipOffer[]> => (await store.to(userId, clock.now())).map(offerView),

    /** Throws `ownership.not_a_member` for anybody else, strangers and people who do not exist alike. */
    async offer(serverId: string, from: string, to: string): Promise<OwnershipOffer> {
      const member = await members.get(serverId, to);
      if (!member?.last_seen_at || member.role === 'owner') throw notAMember();
      const now = clock.now();
      await store.put({ server_id: serverId, from_user_id: from, to_user_id: to, offered_at: now, expires_at: now + OFFER_MS });
      return offerView(await offerTo(to, serverId));
    },
    async withdraw(serverId: string): Promise<OwnershipOffer> {
      const offer = await store.of(serverId, clock.now());
      if (!offer) throw noOffer();
      await store.remove(serverId);
      return offerView(offer);
    },
    async decline(serverId: string, userId: string): Promise<OwnershipOffer> {
      const offer = await offerTo(userId, serverId);
      await store.remove(serverId);
      return offerView(offer);
    },
    /** The old owner becomes an admin. Throws `ownership.offer_not_found` where the offer does not hold any more. */
    async accept(serverId: string, userId: string): Promise<OwnershipOffer> {
      const offer = await store.inOneGo(async (trx) => {
        const inside = membersStore(trx, clock);
        const found = await ownershipStore(trx).of(serverId, clock.now());
        if (!found || found.to_user_id !== userId) throw noOffer();
        const [giver, taker] = [await inside.roleOf(serverId, found.from_user_id), await inside.roleOf(serverId, userId)];
        if (giver !== 'owner' || taker === undefined) throw noOffer();
        const row = { server_id: serverId, granted_at: clock.now(), expires_at: null };
        // In this order: at no moment are there two owners, which the database would refuse.
        await inside.put({ ...row, user_id: found.from_user_id, role: 'admin', granted_by: userId });
        await inside.put({ ...row, user_id: userId, role: 'owner', granted_by: found.from_user_id });
        await ownershipStore(trx).remove(serverId);
        return found;
      });
      onRightsChanged(offer.from_user_id);
      onRightsChanged(userId);
      return offerView(offer);
    },
    forgetOld: () => store.forgetBefore(clock.now()),
  };
}

const offerView = (row: OfferRow): OwnershipOffer => ({
  serverId: row.server_id,
  serverName: row.server_name,
  from: { id: row.from_user_id, firstName: row.from_name },
  to: { id: row.to_user_id, firstName: row.to_name },
  offeredAt: iso(row.offered_at),
  expiresAt: iso(row.expires_at),
});
