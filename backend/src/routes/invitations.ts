import type { invitationRoutes } from '@clawmoor/shared/invitations.ts';
import type { Invitations } from '../features/access/invitations.ts';
import type { Handlers } from '../http/handlers.ts';

export function invitationHandlers({ invitations }: { invitations: Invitations }): Handlers<typeof invitationRoutes> {
  return {
    async createInvitation({ id, body }, { caller, server, note }) {
      note({ after: body });
      const made = await invitations.create(id, { userId: caller.userId, role: server?.role ?? 'viewer' }, body);
      note({ target: made.id });
      return made;
    },
    listInvitations: async ({ id }, { caller }) => ({ invitations: await invitations.list(id, caller.userId) }),
    async revokeInvitation({ id, invitationId }, { caller, note }) {
      note({ target: invitationId });
      const { role, forUserId } = await invitations.revoke(id, caller.userId, invitationId);
      note({ before: { role, forUserId } });
    },
    async readInvitation({ body }, { caller, note }) {
      const { id, serverId, ...offered } = await invitations.read(body.code, caller.userId);
      note({ target: id, serverId });
      return offered;
    },
    async acceptInvitation({ body }, { caller, note }) {
      const { id, serverId, role } = await invitations.accept(body.code, caller.userId);
      note({ target: id, serverId, after: { userId: caller.userId, role } });
      return { serverId, role };
    },
  };
}
