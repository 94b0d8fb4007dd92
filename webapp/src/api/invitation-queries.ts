import { useQuery } from '@tanstack/react-query';
import { invitationRoutes } from '@clawmoor/shared/invitations.ts';
import type { Sent } from '@clawmoor/shared/route.ts';
import { keys, useChange } from './queries.ts';
import { call } from './session.ts';

const invitationsOf = (id: string) => ['invitations', id] as const;

/** The person's own invitations to a server. */
export const useInvitations = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: invitationsOf(id),
    queryFn: async ({ signal }) => (await call(invitationRoutes.listInvitations, { id }, { signal })).invitations,
    enabled,
  });
export const useInvite = (id: string) =>
  useChange(
    (body: Sent<typeof invitationRoutes.createInvitation>['body']) => call(invitationRoutes.createInvitation, { id, body }),
    [invitationsOf(id)],
  );
export const useVoidInvitation = (id: string) =>
  useChange((invitationId: string) => call(invitationRoutes.revokeInvitation, { id, invitationId }), [invitationsOf(id)]);

/** What a code offers. Asked for once: it is one of few tries a minute. */
export const useOffered = (code: string) =>
  useQuery({
    queryKey: ['invitation', code],
    queryFn: ({ signal }) => call(invitationRoutes.readInvitation, { body: { code } }, { signal }),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
export const useAcceptInvitation = (code: string) =>
  useChange(() => call(invitationRoutes.acceptInvitation, { body: { code } }), [keys.servers]);
