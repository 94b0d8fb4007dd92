/** What the bot needs to know besides its token. */
export interface BotConfig {
  /** The trial makes itself a token to sign with; that is no bot. */
  exists: boolean;
  /** Of the Bot API; `undefined`: Telegram's own. */
  apiRoot: string | undefined;
  /** Updates come to us by webhook instead of being polled. */
  webhook: boolean;
  /** An unanswered critical incident rings one more person after each so many milliseconds; 0: never. */
  escalateAfterMs: number;
}

interface Variables {
  APP_DOMAIN?: string | undefined;
  TELEGRAM_BOT_TOKEN?: string | undefined;
  TELEGRAM_API_ROOT?: string | undefined;
  BOT_WEBHOOK: 'true' | 'false';
  ESCALATE_AFTER_MINUTES: number;
}

export const readBotConfig = (vars: Variables): BotConfig => ({
  exists: vars.TELEGRAM_BOT_TOKEN !== undefined,
  apiRoot: vars.TELEGRAM_API_ROOT?.replace(/\/+$/, ''),
  webhook: vars.BOT_WEBHOOK === 'true',
  escalateAfterMs: vars.ESCALATE_AFTER_MINUTES * 60_000,
});

export const botProblems = ({ APP_DOMAIN, BOT_WEBHOOK }: Variables): string[] =>
  BOT_WEBHOOK === 'true' && APP_DOMAIN === undefined ? ['BOT_WEBHOOK: needs APP_DOMAIN, the address to which Telegram delivers'] : [];
