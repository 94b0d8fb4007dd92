import * as z from 'zod/mini';
import type { Channel, PairingRequest, QrLogin } from '@clawmoor/shared/openclaw-channels.ts';
import type { Gateways } from '../../lib/gateway.ts';
import type { OfServer } from './sessions.ts';
import { channelNotFound, noQrLogin, pairingNotFound } from './skills.problems.ts';
import { clip, isRefusal, timeOf, understand } from './understand.ts';

const text = z.optional(z.nullable(z.string()));
const time = z.optional(z.nullable(z.number()));
const Account = z.object({
  accountId: z.string(),
  name: text,
  configured: z.optional(z.boolean()),
  enabled: z.optional(z.boolean()),
  running: z.optional(z.boolean()),
  connected: z.optional(z.nullable(z.boolean())),
  lastError: text,
  lastInboundAt: time,
  lastOutboundAt: time,
});
const Status = z.object({
  channelOrder: z.array(z.string()),
  channelLabels: z.optional(z.record(z.string(), z.string())),
  channelAccounts: z.record(z.string(), z.array(Account)),
  statusIssues: z.optional(z.array(z.looseObject({ channel: text, message: text }))),
});
const Started = z.object({ started: z.optional(z.boolean()) });
const Stopped = z.object({ stopped: z.optional(z.boolean()) });
const LoggedOut = z.object({ loggedOut: z.optional(z.boolean()) });
const Login = z.object({ qrDataUrl: text, connected: z.optional(z.boolean()), message: text });
const Pairings = z.object({
  requests: z.array(
    z.object({
      requestId: z.string(),
      channel: z.string(),
      accountId: z.string(),
      senderId: z.string(),
      createdAt: text,
      expiresAt: text,
    }),
  ),
});

// The gateway waits 10 s for a channel to stop.
const STOP_WITHIN_MS = 40_000;
const QR_WITHIN_MS = 15_000;
const SCAN_WITHIN_MS = 20_000;
/** Beyond what the gateway is told to wait: the way there and back. */
const WAY_MS = 5_000;
const MOST = 200;

export interface OfChannel {
  channel: string;
  accountId?: string | undefined;
}

export async function listChannels(
  gateways: Gateways,
  { serverId, as, signal }: OfServer,
): Promise<{ channels: Channel[]; issues: string[] }> {
  const payload = await gateways.request(serverId, { method: 'channels.status', as, signal });
  const { channelOrder, channelLabels = {}, channelAccounts, statusIssues = [] } = understand(Status, payload, 'a list of channels');
  return {
    channels: channelOrder.slice(0, MOST).map((id) => ({
      id: id.slice(0, 64),
      label: clip(channelLabels[id], 64) ?? id.slice(0, 64),
      accounts: (channelAccounts[id] ?? []).slice(0, MOST).map(accountOf),
    })),
    issues: statusIssues.slice(0, MOST).flatMap(({ channel, message }) => {
      const said = clip(message, 300);
      return said === null ? [] : [channel ? `${channel.slice(0, 64)}: ${said}` : said];
    }),
  };
}

export async function startChannel(gateways: Gateways, of: OfServer, channel: OfChannel): Promise<{ started: boolean }> {
  const payload = await ask(gateways, of, { method: 'channels.start', channel, timeoutMs: STOP_WITHIN_MS });
  return { started: understand(Started, payload, 'a start').started ?? false };
}

export async function stopChannel(gateways: Gateways, of: OfServer, channel: OfChannel): Promise<{ stopped: boolean }> {
  const payload = await ask(gateways, of, { method: 'channels.stop', channel, timeoutMs: STOP_WITHIN_MS });
  return { stopped: understand(Stopped, payload, 'a stop').stopped ?? false };
}

export async function logOutChannel(gateways: Gateways, of: OfServer, channel: OfChannel): Promise<{ loggedOut: boolean }> {
  const payload = await ask(gateways, of, { method: 'channels.logout', channel, timeoutMs: STOP_WITHIN_MS });
  return { loggedOut: understand(LoggedOut, payload, 'an end').loggedOut ?? false };
}

export async function startQrLogin(
  gateways: Gateways,
  of: OfServer,
  { force, ...channel }: OfChannel & { force: boolean },
): Promise<QrLogin> {
  const more = { force, timeoutMs: QR_WITHIN_MS };
  return loginOf(await ask(gateways, of, { method: 'web.login.start', channel, more, timeoutMs: QR_WITHIN_MS + WAY_MS }));
}

/** `qr` is the code that is shown: the gateway answers as soon as there is another, or when it was scanned. */
export async function waitQrLogin(
  gateways: Gateways,
  of: OfServer,
  { qr, ...channel }: OfChannel & { qr?: string | undefined },
): Promise<QrLogin> {
  const more = { timeoutMs: SCAN_WITHIN_MS, ...(qr !== undefined && { currentQrDataUrl: qr }) };
  return loginOf(await ask(gateways, of, { method: 'web.login.wait', channel, more, timeoutMs: SCAN_WITHIN_MS + WAY_MS }));
}

export async function listPairings(gateways: Gateways, { serverId, signal }: OfServer): Promise<PairingRequest[]> {
  // The scope that it needs, `operator.pairing`, comes with the admin socket only.
  const payload = await gateways.request(serverId, { method: 'channels.pairing.list', as: 'control', signal });
  return understand(Pairings, payload, 'a list of requests')
    .requests.slice(0, MOST)
    .map((request) => ({
      id: request.requestId.slice(0, 200),
      channel: request.channel.slice(0, 64),
      accountId: request.accountId.slice(0, 128),
      sender: request.senderId.slice(0, 128),
      createdAt: timeOf(Date.parse(request.createdAt ?? '')),
      expiresAt: timeOf(Date.parse(request.expiresAt ?? '')),
    }));
}

export async function answerPairing(
  gateways: Gateways,
  { serverId, signal }: OfServer,
  { answer, ...request }: { answer: 'approve' | 'dismiss'; requestId: string; channel: string; accountId: string },
): Promise<void> {
  const call = { method: `channels.pairing.${answer}`, params: request, as: 'control', signal } as const;
  await gateways.request(serverId, call).catch((error: unknown) => {
    if (isRefusal(error, /no longer exists|not found/i)) throw pairingNotFound();
    throw isRefusal(error, /unknown pairing channel|does not use DM pairing/i) ? channelNotFound(request.channel) : error;
  });
}

interface Ask {
  method: string;
  channel: OfChannel;
  more?: Record<string, unknown>;
  timeoutMs: number;
}

async function ask(gateways: Gateways, { serverId, signal }: OfServer, { method, channel, more, timeoutMs }: Ask): Promise<unknown> {
  const { channel: name, accountId } = channel;
  const params = { channel: name, ...(accountId !== undefined && { accountId }), ...more };
  try {
    return await gateways.request(serverId, { method, params, as: 'control', signal, timeoutMs });
  } catch (error) {
    if (isRefusal(error, /web login is not supported/i)) throw noQrLogin(name);
    throw isRefusal(error, /invalid channels\.\w+ channel|unknown channel|web login provider is not available/i)
      ? channelNotFound(name)
      : error;
  }
}

// What the web app draws: a picture and nothing else, so that no answer can smuggle in a page.
const PICTURE = /^data:image\/(png|webp);base64,[A-Za-z0-9+/]+={0,2}$/;
const MOST_PICTURE = 100_000;

function loginOf(payload: unknown): QrLogin {
  const { qrDataUrl, connected = false, message } = understand(Login, payload, 'a login');
  const qr = qrDataUrl && qrDataUrl.length <= MOST_PICTURE && PICTURE.test(qrDataUrl) ? qrDataUrl : null;
  return { state: connected ? 'connected' : qr === null ? 'waiting' : 'scan', qr, message: clip(message, 300) };
}

const accountOf = (account: z.output<typeof Account>): Channel['accounts'][number] => ({
  id: account.accountId.slice(0, 128),
  name: clip(account.name, 128),
  configured: account.configured ?? false,
  enabled: account.enabled ?? true,
  running: account.running ?? false,
  connected: account.connected ?? null,
  lastError: clip(account.lastError, 300),
  lastInboundAt: timeOf(account.lastInboundAt),
  lastOutboundAt: timeOf(account.lastOutboundAt),
});
