import type { Logger } from 'pino';
import { readInitData, type TelegramUser } from '../adapters/telegram/init-data.ts';
import { signInitData } from '../adapters/telegram/sign-init-data.ts';
import { TRIAL_USER_ID, type Config } from '../config.ts';
import { createInvitations } from '../features/access/invitations.ts';
import { createMembers, type Ended } from '../features/access/members.ts';
import { createOwnership } from '../features/access/ownership.ts';
import { createAuth } from '../features/auth/auth.ts';
import { noTrial } from '../features/auth/auth.problems.ts';
import { createDeviceLogins } from '../features/auth/device-login.ts';
import { createPersonalTokens, TOKEN_PREFIX } from '../features/auth/personal-tokens.ts';
import { createStepUp } from '../features/auth/step-up.ts';
import { createPreferences } from '../features/preferences/preferences.ts';
import type { Caller } from '../lib/caller.ts';
import type { Clock } from '../lib/clock.ts';
import type { MakeId } from '../lib/id.ts';
import { createRightsBell } from '../lib/rights-bell.ts';
import type { Database } from '../lib/tables.ts';

const STEP_UP_MAX_AGE_SECONDS = 5 * 60;
const SWEEP_EVERY_MS = 60_000;
export const TRIAL_NAME = 'You';

export interface PeopleParts {
  db: Database;
  config: Config;
  clock: Clock;
  makeId: MakeId;
  log: Logger;
  serverNamesOf: (userId: string) => Promise<string[]>;
  /** A grant has ended by itself: for the audit log. */
  onExpired: (ended: Ended) => Promise<void>;
}

export type People = ReturnType<typeof createPeople>;

/** Who people are, what they may do, how they prove it, and what they want to be told. */
export function createPeople({ db, config, clock, makeId, log, serverNamesOf, onExpired }: PeopleParts) {
  const rights = createRightsBell();
  const onRightsChanged = rights.ring;
  // The bot knows its own name once it has asked Telegram; until then there are no links into the app.
  const bot: { username: string | undefined } = { username: undefined };
  const linkTo = (startParam: string): string | null =>
    bot.username === undefined ? null : `https://t.me/${bot.username}?startapp=${startParam}`;

  const members = createMembers({ db, clock, onRightsChanged });
  const ownership = createOwnership({ db, clock, onRightsChanged });
  const invitations = createInvitations({ db, clock, makeId, linkTo, onRightsChanged });
  const { jwtKey, superAdminIds, registration } = config;
  const auth = createAuth({ db, clock, makeId, jwtKey, superAdminIds, registration, onRightsChanged });
  const readSigned = (raw: string, maxAgeSeconds: number): TelegramUser =>
    readInitData(raw, { botToken: config.botToken, maxAgeSeconds, now: clock.now() });
  const stepUp = createStepUp({
    db,
    clock,
    trial: config.trial,
    readFreshInitData: (raw) => readSigned(raw, STEP_UP_MAX_AGE_SECONDS),
    serverNamesOf,
  });
  const { isSuperAdmin, isRegistered } = auth;
  const personalTokens = createPersonalTokens({ db, clock, makeId, isSuperAdmin, isRegistered, onRightsChanged });
  const deviceLogins = createDeviceLogins({ db, clock, linkTo, createToken: personalTokens.create });
  const preferences = createPreferences({ db, clock, serversOf: members.serversOf });

  /** Ends the grants whose time is over and forgets what nobody can use any more. */
  async function sweep(): Promise<void> {
    for (const ended of await members.endExpired()) await onExpired(ended);
    for (const store of [ownership, invitations, auth, stepUp, personalTokens, deviceLogins]) await store.forgetOld();
  }
  let sweeping: NodeJS.Timeout | undefined;
  let swept: Promise<void> = Promise.resolve();

  return {
    rights,
    bot,
    members,
    ownership,
    invitations,
    auth,
    stepUp,
    personalTokens,
    deviceLogins,
    preferences,
    sweep,
    readToken: (token: string): Promise<Caller> => (token.startsWith(TOKEN_PREFIX) ? personalTokens.read(token) : auth.readToken(token)),
    signIn: {
      auth,
      stepUp,
      admits: invitations.admits,
      readInitData: (raw: string) => readSigned(raw, config.initDataMaxAgeSeconds),
      signTrialInitData: (): string => {
        if (!config.trial) throw noTrial();
        return signInitData({ id: Number(TRIAL_USER_ID), first_name: TRIAL_NAME }, config.botToken, clock.now());
      },
    },
    beginSweeping(): void {
      const once = (): void => {
        swept = sweep().catch((error: unknown) => log.error({ err: error }, 'what is over could not be cleared away'));
      };
      sweeping = setInterval(once, SWEEP_EVERY_MS).unref();
    },
    /** Resolves when nothing of it is under way: the database may be closed then. */
    async endSweeping(): Promise<void> {
      clearInterval(sweeping);
      await swept;
    },
  };
}
