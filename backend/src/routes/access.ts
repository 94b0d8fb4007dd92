import type { accessRoutes } from '@clawmoor/shared/access.ts';
import type { Members } from '../features/access/members.ts';
import type { Ownership } from '../features/access/ownership.ts';
import type { Handlers } from '../http/handlers.ts';

export function accessHandlers({ members, ownership }: { members: Members; ownership: Ownership }): Handlers<typeof accessRoutes> {
  return {
    listMembers: async ({ id }) => ({ members: await members.list(id) }),
    async grantAccess({ id, body }, { caller, note }) {
      note({ target: body.userId, after: body });
      return members.grant(id, caller.userId, body);
    },
    async changeAccess({ id, userId, body }, { caller, note }) {
      note({ target: userId, after: body });
      const { role, expiresAt } = await members.get(id, userId);
      note({ before: { role, expiresAt } });
      return members.change(id, caller.userId, userId, body);
    },
    async revokeAccess({ id, userId }, { note }) {
      note({ target: userId });
      const { role, expiresAt } = await members.revoke(id, userId);
      note({ before: { role, expiresAt } });
    },
    async leaveServer({ id }, { caller, note }) {
      note({ target: caller.userId });
      const { role, expiresAt } = await members.leave(id, caller.userId);
      note({ before: { role, expiresAt } });
    },
    readOwnershipOffer: async ({ id }) => ({ offer: await ownership.read(id) }),
    async offerOwnership({ id, body }, { caller, note }) {
      note({ target: body.userId });
      return ownership.offer(id, caller.userId, body.userId);
    },
    async withdrawOwnership({ id }, { note }) {
      note({ target: (await ownership.withdraw(id)).to.id });
    },
    listOwnershipOffers: async (_input, { caller }) => ({ offers: await ownership.offersTo(caller.userId) }),
    async acceptOwnership({ serverId }, { caller, note }) {
      note({ target: serverId });
      const { from } = await ownership.accept(serverId, caller.userId);
      note({ serverId, before: { owner: from.id }, after: { owner: caller.userId } });
      return { serverId, role: 'owner' };
    },
    async declineOwnership({ serverId }, { caller, note }) {
      note({ target: serverId });
      await ownership.decline(serverId, caller.userId);
      note({ serverId });
    },
  };
}
