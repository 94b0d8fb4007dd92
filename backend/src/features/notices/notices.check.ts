import type { Check } from '../../lib/check.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Notices } from './notices.ts';

interface Contact {
  username: string | undefined;
  trouble: string | undefined;
  conflict: boolean;
}

const LATE_MS = 5 * 60_000;

/** How the bot does, and what waits to be sent. */
export function botCheck({ notices, contact, clock }: { notices: Notices; contact: Contact | undefined; clock: Clock }): Check {
  return {
    key: 'bot',
    async look() {
      if (!contact) {
        return { status: 'ok', message: 'There is no bot: TELEGRAM_BOT_TOKEN is not set', values: { waiting: 0, held: 0, failed24h: 0 } };
      }
      const { counted, unknown } = await notices.figures();
      const of = (...states: string[]): number =>
        counted.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + Number(count), 0);
      const oldest = Math.min(
        ...counted.filter(({ state }) => state === 'waiting' || state === 'sending').map((row) => Number(row.oldest)),
      );
      const oldestSeconds = Number.isFinite(oldest) ? Math.max(0, Math.round((clock.now() - oldest) / 1000)) : 0;
      const values = {
        username: contact.username ?? null,
        waiting: of('waiting', 'sending'),
        oldestSeconds,
        held: of('held'),
        failed24h: of('failed'),
        unknown24h: unknown,
      };
      if (contact.conflict) {
        return {
          status: 'warn',
          code: 'health.bot_conflict',
          message: 'Another program takes the updates of this bot',
          fix: 'Stop it, or make a bot of its own for Clawmoor with @BotFather.',
          values,
        };
      }
      if (contact.trouble !== undefined) {
        return {
          status: 'warn',
          code: 'health.bot_unreachable',
          message: contact.trouble,
          fix: 'Let this machine reach api.telegram.org on port 443; check the token.',
          values,
        };
      }
      if (oldestSeconds * 1000 > LATE_MS) {
        return {
          status: 'warn',
          code: 'health.bot_slow',
          message: `${values.waiting} messages wait, the oldest for ${oldestSeconds} s`,
          fix: 'Telegram slows us down; it gets better by itself.',
          values,
        };
      }
      return {
        status: 'ok',
        message: `@${contact.username ?? '…'}: ${values.waiting} messages wait, ${values.failed24h} failed in the last day`,
        values,
      };
    },
  };
}
