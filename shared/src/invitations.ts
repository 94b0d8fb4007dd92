import * as z from 'zod/mini';
import { GrantedRole } from './access.ts';
import { GivenTime, TelegramId, Time } from './fields.ts';
import { route } from './route.ts';
import { Role } from './servers.ts';

/** `void`: revoked, or the person who made it may not give this role any more. */
export const InvitationState = z.enum(['open', 'used', 'expired', 'void']);

export const Invitation = z.object({
  id: z.string(),
  role: GrantedRole,
  /** When the access that it gives ends. */
  accessExpiresAt: z.nullable(Time),
  /** Only this person can use it. */
  forUserId: z.nullable(z.string()),
  createdAt: Time,
  /** When the link itself ends. */
  expiresAt: Time,
  state: InvitationState,
  usedBy: z.nullable(z.string()),
});
export type Invitation = z.output<typeof Invitation>;

/** The code is shown this once. `link`: `null` while the name of the bot is not known; then the bare code is entered in the app. */
export const NewInvitation = z.extend(Invitation, { code: z.string(), link: z.nullable(z.string()) });
export type NewInvitation = z.output<typeof NewInvitation>;

const Code = z.string().check(z.regex(/^[A-Za-z0-9_-]{16,64}$/, 'not the code of an invitation'));

export const invitationRoutes = {
  createInvitation: route({
    method: 'post',
    path: '/servers/:id/invitations',
    summary: 'A link that gives access to whoever uses it first, within 24 hours. An admin invites viewers, the owner also admins',
    access: 'server:admin',
    scope: 'admin',
    limit: 'submit',
    audit: 'invitation.create',
    body: z.strictObject({
      role: GrantedRole,
      accessExpiresAt: z.optional(z.nullable(GivenTime)),
      forUserId: z.optional(z.nullable(TelegramId)),
    }),
    returns: NewInvitation,
    status: 201,
  }),
  listInvitations: route({
    method: 'get',
    path: '/servers/:id/invitations',
    summary: 'The invitations that you made for this server; never their codes',
    access: 'server:admin',
    returns: z.object({ invitations: z.array(Invitation) }),
  }),
  revokeInvitation: route({
    method: 'delete',
    path: '/servers/:id/invitations/:invitationId',
    summary: 'Make an invitation of yours void',
    access: 'server:admin',
    scope: 'admin',
    audit: 'invitation.revoke',
    status: 204,
  }),
  readInvitation: route({
    method: 'post',
    path: '/invitations/read',
    summary: 'What an invitation offers, before it is accepted; the code travels in the body, never in an address',
    access: 'user',
    scope: 'session',
    limit: 'sign-in',
    audit: 'invitation.read',
    body: z.strictObject({ code: Code }),
    returns: z.object({
      serverName: z.string(),
      role: GrantedRole,
      invitedBy: z.string(),
      accessExpiresAt: z.nullable(Time),
      expiresAt: Time,
    }),
  }),
  acceptInvitation: route({
    method: 'post',
    path: '/invitations/accept',
    summary: 'Take the access that an invitation gives; 410 where it was used, revoked or has expired',
    access: 'user',
    scope: 'session',
    limit: 'sign-in',
    audit: 'invitation.accept',
    body: z.strictObject({ code: Code }),
    returns: z.object({ serverId: z.string(), role: Role }),
  }),
};
