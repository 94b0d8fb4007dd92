import * as z from 'zod/mini';
import { GivenTime, Name, Time } from './fields.ts';
import { route } from './route.ts';

/** `read` looks; `write` works on servers; `admin` does all that the person may, but for tokens and sessions. */
export const TokenScope = z.enum(['read', 'write', 'admin']);
export type TokenScope = z.output<typeof TokenScope>;

export const PersonalToken = z.object({
  id: z.string(),
  name: z.string(),
  scope: TokenScope,
  createdAt: Time,
  expiresAt: Time,
  lastUsedAt: z.nullable(Time),
});
export type PersonalToken = z.output<typeof PersonalToken>;

/** `token` is shown this once; only its hash is stored. */
export const NewPersonalToken = z.extend(PersonalToken, { token: z.string() });
export type NewPersonalToken = z.output<typeof NewPersonalToken>;

export const tokenRoutes = {
  listTokens: route({
    method: 'get',
    path: '/me/tokens',
    summary: 'Your personal tokens; never the tokens themselves',
    access: 'user',
    scope: 'session',
    returns: z.object({ tokens: z.array(PersonalToken) }),
  }),
  createToken: route({
    method: 'post',
    path: '/me/tokens',
    summary: 'A token for scripts and the command line, with your rights of each moment; 90 days unless told, at most a year',
    access: 'user',
    scope: 'session',
    limit: 'submit',
    audit: 'token.create',
    body: z.strictObject({ name: Name, scope: TokenScope, expiresAt: z.optional(GivenTime) }),
    returns: NewPersonalToken,
    status: 201,
  }),
  readOwnToken: route({
    method: 'get',
    path: '/me/token',
    summary: 'The personal token that asks: its scope and its end',
    access: 'user',
    returns: PersonalToken,
  }),
  endOwnToken: route({
    method: 'delete',
    path: '/me/token',
    summary: 'End the personal token that asks: how a command line logs out',
    access: 'user',
    scope: 'read',
    audit: 'token.end_own',
    status: 204,
  }),
  revokeToken: route({
    method: 'delete',
    path: '/me/tokens/:tokenId',
    summary: 'End a personal token',
    access: 'user',
    scope: 'session',
    audit: 'token.revoke',
    status: 204,
  }),
};
