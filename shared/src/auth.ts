import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

export const User = z.object({
  id: z.string(),
  firstName: z.string(),
  lastName: z.nullable(z.string()),
  username: z.nullable(z.string()),
  languageCode: z.nullable(z.string()),
  isSuperAdmin: z.boolean(),
});
export type User = z.output<typeof User>;

/** `expiresAt` is the JWT's end (15 minutes); `POST /auth/refresh` takes it until the session's own end. */
export const SignedIn = z.object({ token: z.string(), user: User, expiresAt: Time });
export type SignedIn = z.output<typeof SignedIn>;

export const authRoutes = {
  signInWithTelegram: route({
    method: 'post',
    path: '/auth/telegram',
    summary: 'Exchange the initData of a Mini App launch for a session',
    access: 'public',
    limit: 'sign-in',
    audit: 'auth.sign_in',
    body: z.strictObject({ initData: z.string().check(z.minLength(1), z.maxLength(16_384)) }),
    returns: SignedIn,
  }),
  signInToTrial: route({
    method: 'post',
    path: '/auth/trial',
    summary: 'Sign in to the local trial; does not exist once APP_DOMAIN is set',
    access: 'public',
    limit: 'sign-in',
    audit: 'auth.sign_in',
    body: z.strictObject({}),
    returns: SignedIn,
  }),
  refreshSession: route({
    method: 'post',
    path: '/auth/refresh',
    summary: 'Renew the JWT while the session lasts; the last JWT is taken even when it has expired',
    access: 'public',
    limit: 'sign-in',
    body: z.strictObject({ token: z.string().check(z.maxLength(4096)) }),
    returns: SignedIn,
  }),
  signOut: route({
    method: 'post',
    path: '/auth/sign-out',
    summary: 'End this session',
    access: 'user',
    scope: 'session',
    audit: 'auth.sign_out',
    status: 204,
  }),
  stepUp: route({
    method: 'post',
    path: '/auth/step-up',
    summary: 'Prove that you are there: a one-use code for the header X-Step-Up, good for 5 minutes in this session',
    access: 'user',
    scope: 'session',
    limit: 'sign-in',
    audit: 'auth.step_up',
    /** `initData` of a launch younger than 5 minutes. `confirm`, in the local trial only: the name of one of your servers, typed. */
    body: z.strictObject({
      initData: z.optional(z.string().check(z.minLength(1), z.maxLength(16_384))),
      confirm: z.optional(z.string().check(z.maxLength(64))),
    }),
    returns: z.object({ code: z.string(), expiresAt: Time }),
    status: 201,
  }),
  readMe: route({ method: 'get', path: '/me', summary: 'Who is signed in', access: 'user', returns: User }),
};
