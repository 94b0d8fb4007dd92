import { useQuery } from '@tanstack/react-query';
import { accessRoutes } from '@clawmoor/shared/access.ts';
import type { Sent } from '@clawmoor/shared/route.ts';
import { keys, useChange } from './queries.ts';
import { call } from './session.ts';
import { proved, type Proof } from './step-up.ts';

const membersOf = (id: string) => ['members', id] as const;
const offerOf = (id: string) => ['offer', id] as const;
const MY_OFFERS = ['my-offers'] as const;

/** For admins and the owner. */
export const useMembers = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: membersOf(id),
    queryFn: async ({ signal }) => (await call(accessRoutes.listMembers, { id }, { signal })).members,
    enabled,
  });
export const useChangeMember = (id: string, userId: string) =>
  useChange(
    (body: Sent<typeof accessRoutes.changeAccess>['body']) => call(accessRoutes.changeAccess, { id, userId, body }),
    [membersOf(id)],
  );
export const useRevokeMember = (id: string) =>
  useChange((userId: string) => call(accessRoutes.revokeAccess, { id, userId }), [membersOf(id), offerOf(id)]);
export const useLeaveServer = (id: string) => useChange(() => call(accessRoutes.leaveServer, { id, body: {} }), [keys.servers]);

/** The owner's open offer of the server; `null` without one. */
export const useOffer = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: offerOf(id),
    queryFn: async ({ signal }) => (await call(accessRoutes.readOwnershipOffer, { id }, { signal })).offer,
    enabled,
  });
export const useOfferOwnership = (id: string) =>
  useChange(
    async ({ userId, proof }: { userId: string; proof: Proof }) =>
      call(accessRoutes.offerOwnership, { id, body: { userId } }, await proved(proof)),
    [offerOf(id)],
  );
export const useWithdrawOffer = (id: string) => useChange(() => call(accessRoutes.withdrawOwnership, { id }), [offerOf(id)]);

/** What others want to hand over to the person. */
export const useMyOffers = (enabled = true) =>
  useQuery({
    queryKey: MY_OFFERS,
    queryFn: async ({ signal }) => (await call(accessRoutes.listOwnershipOffers, {}, { signal })).offers,
    staleTime: 60_000,
    enabled,
  });
export const useAcceptOwnership = (serverId: string) =>
  useChange(
    () => call(accessRoutes.acceptOwnership, { serverId, body: {} }),
    [MY_OFFERS, keys.servers, keys.server(serverId), membersOf(serverId)],
  );
export const useDeclineOwnership = (serverId: string) =>
  useChange(() => call(accessRoutes.declineOwnership, { serverId, body: {} }), [MY_OFFERS]);
