import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { route } from './route.ts';

export const ChannelAccount = z.object({
  id: z.string(),
  name: z.nullable(z.string()),
  configured: z.boolean(),
  /** Off: a person does not want it to run. */
  enabled: z.boolean(),
  running: z.boolean(),
  connected: z.nullable(z.boolean()),
  lastError: z.nullable(z.string()),
  lastInboundAt: z.nullable(Time),
  lastOutboundAt: z.nullable(Time),
});

export const Channel = z.object({ id: z.string(), label: z.string(), accounts: z.array(ChannelAccount) });
export type Channel = z.output<typeof Channel>;

export const PairingRequest = z.object({
  id: z.string(),
  channel: z.string(),
  accountId: z.string(),
  /** Who wants in, as the channel names them. */
  sender: z.string(),
  createdAt: z.nullable(Time),
  expiresAt: z.nullable(Time),
});
export type PairingRequest = z.output<typeof PairingRequest>;

/** Where a login by QR code stands. A code lives for some seconds: `wait` answers the next one. */
export const QrLogin = z.object({
  state: z.enum(['scan', 'connected', 'waiting']),
  /** A picture as a `data:` address. */
  qr: z.nullable(z.string()),
  message: z.nullable(z.string()),
});
export type QrLogin = z.output<typeof QrLogin>;

const accountId = z.optional(z.string().check(z.minLength(1), z.maxLength(128)));
const OfAccount = z.strictObject({ accountId });
const Pairing = z.strictObject({
  channel: z.string().check(z.minLength(1), z.maxLength(64)),
  accountId: z.string().check(z.minLength(1), z.maxLength(128)),
});

const ofChannel = { access: 'server:admin', limit: 'submit', method: 'post', body: OfAccount } as const;

export const channelRoutes = {
  listChannels: route({
    method: 'get',
    path: '/servers/:id/openclaw/channels',
    summary: 'The channels by which people reach the agents, and how they are',
    access: 'server:viewer',
    returns: z.object({ channels: z.array(Channel), issues: z.array(z.string()) }),
  }),
  startChannel: route({
    ...ofChannel,
    path: '/servers/:id/openclaw/channels/:channel/start',
    summary: 'Start a channel',
    audit: 'openclaw.channel_start',
    returns: z.object({ started: z.boolean() }),
  }),
  stopChannel: route({
    ...ofChannel,
    path: '/servers/:id/openclaw/channels/:channel/stop',
    summary: 'Stop a channel',
    audit: 'openclaw.channel_stop',
    returns: z.object({ stopped: z.boolean() }),
  }),
  logOutChannel: route({
    ...ofChannel,
    path: '/servers/:id/openclaw/channels/:channel/logout',
    summary: 'Forget a channel’s login',
    audit: 'openclaw.channel_logout',
    returns: z.object({ loggedOut: z.boolean() }),
  }),
  startQrLogin: route({
    ...ofChannel,
    path: '/servers/:id/openclaw/channels/:channel/login',
    summary: 'Begin a login by QR code',
    audit: 'openclaw.channel_login',
    body: z.strictObject({ accountId, force: z._default(z.boolean(), false) }),
    returns: QrLogin,
  }),
  waitQrLogin: route({
    ...ofChannel,
    path: '/servers/:id/openclaw/channels/:channel/login/wait',
    summary: 'Wait up to 20 s for the scan, or for the next code',
    audit: 'openclaw.channel_login_wait',
    body: z.strictObject({ accountId, qr: z.optional(z.string().check(z.maxLength(100_000))) }),
    returns: QrLogin,
  }),
  listPairings: route({
    method: 'get',
    path: '/servers/:id/openclaw/pairings',
    summary: 'People who wrote to an agent and wait to be let in',
    access: 'server:admin',
    returns: z.object({ requests: z.array(PairingRequest) }),
  }),
  approvePairing: route({
    method: 'post',
    path: '/servers/:id/openclaw/pairings/:requestId/approve',
    summary: 'Let somebody in',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.pairing_approve',
    body: Pairing,
    status: 204,
  }),
  dismissPairing: route({
    method: 'post',
    path: '/servers/:id/openclaw/pairings/:requestId/dismiss',
    summary: 'Turn somebody away',
    access: 'server:admin',
    limit: 'submit',
    audit: 'openclaw.pairing_dismiss',
    body: Pairing,
    status: 204,
  }),
};
