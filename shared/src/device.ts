import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';
import { NewPersonalToken, TokenScope } from './tokens.ts';

export const DeviceLogin = z.object({
  userCode: z.string(),
  state: z.enum(['pending', 'approved', 'denied']),
  /** Who asks, as the request itself says: to be compared, not believed. */
  userAgent: z.nullable(z.string()),
  ip: z.nullable(z.string()),
  createdAt: Time,
  expiresAt: Time,
});
export type DeviceLogin = z.output<typeof DeviceLogin>;

export const deviceRoutes = {
  startDeviceLogin: route({
    method: 'post',
    path: '/auth/device',
    summary: 'Begin the login of a command line: show the code or the link to its person, then poll',
    access: 'public',
    limit: 'sign-in',
    audit: 'device.start',
    body: z.strictObject({}),
    returns: z.object({
      deviceCode: z.string(),
      userCode: z.string(),
      /** Opens the confirmation in Telegram; `null` while the name of the bot is not known. */
      link: z.nullable(z.string()),
      expiresAt: Time,
      /** Seconds between two polls. */
      interval: z.number(),
    }),
    status: 201,
  }),
  pollDeviceLogin: route({
    method: 'post',
    path: '/auth/device/token',
    summary: 'The token, once the login was approved; until then `auth.device_pending` with Retry-After',
    access: 'public',
    limit: 'poll',
    audit: 'device.token',
    body: z.strictObject({ deviceCode: z.string().check(z.minLength(1), z.maxLength(128)) }),
    returns: NewPersonalToken,
  }),
  readDeviceLogin: route({
    method: 'get',
    path: '/me/device/:userCode',
    summary: 'Which device asks to be logged in with this code',
    access: 'user',
    scope: 'session',
    limit: 'sign-in',
    returns: DeviceLogin,
  }),
  approveDeviceLogin: route({
    method: 'post',
    path: '/me/device/:userCode/approve',
    summary: 'Log the device in as you, for 90 days',
    access: 'user',
    scope: 'session',
    limit: 'sign-in',
    audit: 'device.approve',
    body: z.strictObject({ scope: z._default(TokenScope, 'write') }),
    returns: DeviceLogin,
  }),
  denyDeviceLogin: route({
    method: 'post',
    path: '/me/device/:userCode/deny',
    summary: 'Refuse the device',
    access: 'user',
    scope: 'session',
    limit: 'sign-in',
    audit: 'device.deny',
    body: z.strictObject({}),
    returns: DeviceLogin,
  }),
};
