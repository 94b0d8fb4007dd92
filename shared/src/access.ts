import * as z from 'zod/mini';
import { GivenTime, TelegramId, Time } from './fields.ts';
import { route } from './route.ts';
import { Role } from './servers.ts';

/** What can be given away. `owner` cannot: ownership moves by an offer and its acceptance. */
export const GrantedRole = z.enum(['viewer', 'admin']);

export const Member = z.object({
  userId: z.string(),
  role: Role,
  /** `null` until the person has signed in here for the first time. */
  firstName: z.nullable(z.string()),
  username: z.nullable(z.string()),
  grantedBy: z.nullable(z.string()),
  grantedAt: Time,
  /** From this moment on the grant does not count any more; `null`: it stays until somebody ends it. */
  expiresAt: z.nullable(Time),
});
export type Member = z.output<typeof Member>;

export const NewMember = z.strictObject({ userId: TelegramId, role: GrantedRole, expiresAt: z.optional(z.nullable(GivenTime)) });
export const ChangedMember = z.strictObject({ role: GrantedRole, expiresAt: z.optional(z.nullable(GivenTime)) });

export const OwnershipOffer = z.object({
  serverId: z.string(),
  serverName: z.string(),
  from: z.object({ id: z.string(), firstName: z.string() }),
  to: z.object({ id: z.string(), firstName: z.string() }),
  offeredAt: Time,
  expiresAt: Time,
});
export type OwnershipOffer = z.output<typeof OwnershipOffer>;

export const accessRoutes = {
  listMembers: route({
    method: 'get',
    path: '/servers/:id/access',
    summary: 'Who has access to a server, and until when',
    access: 'server:admin',
    returns: z.object({ members: z.array(Member) }),
  }),
  grantAccess: route({
    method: 'post',
    path: '/servers/:id/access',
    summary: 'Give a person access by their Telegram id; they need not have signed in yet',
    access: 'server:owner',
    scope: 'admin',
    limit: 'submit',
    audit: 'access.grant',
    body: NewMember,
    returns: Member,
    status: 201,
  }),
  changeAccess: route({
    method: 'put',
    path: '/servers/:id/access/:userId',
    summary: "Change a member's role or its end; `expiresAt` stays where it is left out",
    access: 'server:owner',
    scope: 'admin',
    audit: 'access.change',
    body: ChangedMember,
    returns: Member,
  }),
  revokeAccess: route({
    method: 'delete',
    path: '/servers/:id/access/:userId',
    summary: "End a member's access; their open feeds end with it",
    access: 'server:owner',
    scope: 'admin',
    audit: 'access.revoke',
    status: 204,
  }),
  leaveServer: route({
    method: 'post',
    path: '/servers/:id/access/leave',
    summary: 'Give up your own access; an owner hands the server over first',
    access: 'server:viewer',
    scope: 'admin',
    audit: 'access.leave',
    body: z.strictObject({}),
    status: 204,
  }),
  readOwnershipOffer: route({
    method: 'get',
    path: '/servers/:id/ownership',
    summary: 'The open offer of this server, if there is one',
    access: 'server:owner',
    returns: z.object({ offer: z.nullable(OwnershipOffer) }),
  }),
  offerOwnership: route({
    method: 'post',
    path: '/servers/:id/ownership',
    summary: 'Offer the server to a member; it is theirs once they accept, and you stay as admin',
    access: 'server:owner',
    scope: 'session',
    stepUp: true,
    audit: 'ownership.offer',
    body: z.strictObject({ userId: TelegramId }),
    returns: OwnershipOffer,
    status: 201,
  }),
  withdrawOwnership: route({
    method: 'delete',
    path: '/servers/:id/ownership',
    summary: 'Take an offer back',
    access: 'server:owner',
    scope: 'admin',
    audit: 'ownership.withdraw',
    status: 204,
  }),
  listOwnershipOffers: route({
    method: 'get',
    path: '/me/ownership-offers',
    summary: 'Servers that their owners want to hand over to you',
    access: 'user',
    returns: z.object({ offers: z.array(OwnershipOffer) }),
  }),
  acceptOwnership: route({
    method: 'post',
    path: '/me/ownership-offers/:serverId/accept',
    summary: 'Become the owner; the old one becomes an admin',
    access: 'user',
    scope: 'session',
    audit: 'ownership.accept',
    body: z.strictObject({}),
    returns: z.object({ serverId: z.string(), role: Role }),
  }),
  declineOwnership: route({
    method: 'post',
    path: '/me/ownership-offers/:serverId/decline',
    summary: 'Refuse an offer',
    access: 'user',
    scope: 'session',
    audit: 'ownership.decline',
    body: z.strictObject({}),
    status: 204,
  }),
};
