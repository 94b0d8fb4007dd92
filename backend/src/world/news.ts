import { createHmac } from 'node:crypto';
import type { Logger } from 'pino';
import * as z from 'zod/mini';
import { createTelegramBot } from '../adapters/telegram/bot.ts';
import { createWebhookPost } from '../adapters/webhook/post.ts';
import { TRIAL_USER_ID, type Config } from '../config.ts';
import { createBot } from '../features/bot/bot.ts';
import type { TapParts } from '../features/bot/taps.ts';
import { FACE } from '../features/bot/tongues.ts';
import { createUpdates } from '../features/bot/updates.ts';
import { plainSentence } from '../features/notices/message.ts';
import { botCheck } from '../features/notices/notices.check.ts';
import { createNotices } from '../features/notices/notices.ts';
import { PACE, type Pace } from '../features/notices/pace.ts';
import { isQuiet, mayNotify } from '../features/preferences/quiet.ts';
import type { Servers } from '../features/servers/servers.ts';
import { webhooksCheck } from '../features/webhooks/webhooks.check.ts';
import { createWebhooks, type WebhooksParts } from '../features/webhooks/webhooks.ts';
import type { Clock } from '../lib/clock.ts';
import type { Dial } from '../lib/egress.ts';
import type { MakeId } from '../lib/id.ts';
import type { Incoming } from '../lib/bot.ts';
import type { Sealer } from '../lib/sealer.ts';
import type { Database } from '../lib/tables.ts';
import type { People } from './people.ts';

export interface NewsParts {
  config: Config;
  db: Database;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  sealer: Sealer;
  dial: Dial;
  checkHost: WebhooksParts['checkHost'];
  people: People;
  servers: Pick<Servers, 'list'>;
  record: TapParts['record'];
  answerApproval: TapParts['answerApproval'];
  acknowledge: TapParts['acknowledge'];
  pace: Partial<Pace> | undefined;
}

export type News = ReturnType<typeof createNews>;

const WireUpdate = z.looseObject({ update_id: z.int().check(z.nonnegative()) });
const FORGET_EVERY_MS = 3_600_000;

/** What people and their programs are told, and what people tell the bot. */
export function createNews(parts: NewsParts) {
  const { config, db, clock, makeId, log, sealer, people, servers, record } = parts;
  const { members, auth, preferences } = people;
  const appUrl = config.domain === undefined ? undefined : `https://${config.domain}`;
  const telegram = config.bot.exists
    ? createTelegramBot({ token: config.botToken, apiRoot: config.bot.apiRoot, appUrl, onIncoming: (incoming) => hear(incoming) })
    : undefined;
  const webhooks = createWebhooks({
    db,
    clock,
    makeId,
    log,
    sealer,
    post: createWebhookPost({ dial: parts.dial }),
    checkHost: parts.checkHost,
    mayBePlain: config.privateHosts !== 'none',
    async mayBeTold({ serverId, createdBy }) {
      if (serverId === null) return auth.isSuperAdmin(createdBy);
      const role = await members.roleOf(serverId, createdBy);
      return role === 'admin' || role === 'owner';
    },
    roleOf: members.roleOf,
    announce: (notice) => notices.announce(notice),
    sentenceOf: plainSentence,
  });
  const notices = createNotices({
    db,
    clock,
    log,
    line: telegram?.line,
    pace: { ...PACE, ...parts.pace },
    escalateAfterMs: config.bot.escalateAfterMs,
    superAdminIds: config.superAdminIds,
    isNobody: (userId) => config.trial && userId === TRIAL_USER_ID,
    isSuperAdmin: auth.isSuperAdmin,
    roleOf: members.roleOf,
    wishes: { read: preferences.read, mayNotify, isQuiet },
    alsoStore: webhooks.store,
    onStored: webhooks.wake,
  });
  const hear: (incoming: Incoming) => Promise<void> = telegram
    ? createBot({
        line: telegram.line,
        clock,
        isRegistered: auth.isRegistered,
        tongue: notices.tongue,
        arrived: notices.arrived,
        left: notices.left,
        serversOf: servers.list,
        openNewsOf: notices.openNewsOf,
        prefsOf: preferences.read,
        changePrefs: preferences.change,
        behindButton: notices.behindButton,
        roleOf: members.roleOf,
        record,
        answerApproval: parts.answerApproval,
        acknowledge: parts.acknowledge,
        isSuperAdmin: auth.isSuperAdmin,
        async muteServer(userId, serverId) {
          const { mutedServers } = await preferences.read(userId);
          await preferences.change(userId, { mutedServers: [...mutedServers, serverId] });
        },
      })
    : async () => {};
  const webhookUrl = config.bot.webhook ? `${appUrl}/api/bot/webhook` : undefined;
  const webhookSecret = webhookUrl && createHmac('sha256', config.jwtKey).update('clawmoor bot webhook').digest('base64url');

  /** Telegram must bring updates the way that is configured; a webhook that is not ours is left for the operator to see. */
  async function chooseWay(signal: AbortSignal): Promise<void> {
    if (!telegram) return;
    if (webhookUrl && webhookSecret) return void (await telegram.webhook.set(webhookUrl, webhookSecret, signal));
    const current = await telegram.webhook.read(signal);
    if (appUrl !== undefined && current.startsWith(`${appUrl}/`)) await telegram.webhook.remove(signal);
  }

  const updates =
    telegram &&
    createUpdates({
      db,
      source: telegram,
      clock,
      log,
      pushed: config.bot.webhook,
      async onIntroduced(username, signal) {
        people.bot.username = username;
        await chooseWay(signal);
        await telegram.show(FACE, signal);
      },
    });
  let forgetting: NodeJS.Timeout | undefined;

  return {
    notices,
    webhooks,
    announce: notices.announce,
    contact: updates?.state,
    botWebhook: {
      secret: webhookSecret,
      async take(update: unknown): Promise<void> {
        const parsed = WireUpdate.safeParse(update);
        // Telegram's own shape from here on: grammY reads it.
        if (parsed.success) await updates?.takeOnce(parsed.data as never);
      },
    },
    checks: [botCheck({ notices, contact: updates?.state, clock }), webhooksCheck(webhooks)],
    /** One line for whoever starts the process. */
    inWords: telegram
      ? `The bot hears of what people do ${config.bot.webhook ? 'by webhook' : 'by asking Telegram (polling)'}.`
      : 'There is no bot: TELEGRAM_BOT_TOKEN is not set. Nobody is told anything in Telegram.',
    async begin(): Promise<void> {
      await notices.begin();
      webhooks.wake();
      updates?.begin();
      forgetting = setInterval(
        () => void updates?.forgetOld().catch((error: unknown) => log.error({ err: error }, 'old updates could not be forgotten')),
        FORGET_EVERY_MS,
      ).unref();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(forgetting);
      await updates?.[Symbol.asyncDispose]();
      await notices[Symbol.asyncDispose]();
      await webhooks[Symbol.asyncDispose]();
    },
  };
}
