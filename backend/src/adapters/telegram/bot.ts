// The build for browsers speaks through the `fetch` of Node itself; the other one brings its own, which is old and does not survive bundling.
import { Bot, GrammyError, InlineKeyboard } from 'grammy/web';
import type { InlineKeyboardButton, Update } from 'grammy/types';
import type { BotLine, Button, Incoming, Message, Outcome, Sender } from '../../lib/bot.ts';
import { isUnchanged, outcomeOf, whyFailed } from './outcome.ts';

export interface TelegramBotParts {
  token: string;
  apiRoot: string | undefined;
  /** `https://app.example.org`; without it, as in the local trial, there are no buttons that open the app. */
  appUrl: string | undefined;
  /** What somebody did in their private chat with the bot. */
  onIncoming: (incoming: Incoming) => Promise<void>;
}

export interface BotFace {
  menuText: string;
  commands: { language: 'en' | 'ru'; list: { command: string; description: string }[] }[];
}

export type TelegramBot = ReturnType<typeof createTelegramBot>;

const CALL_WITHIN_MS = 15_000;
const POLL_SECONDS = 25;
const HEARD = ['message', 'callback_query', 'my_chat_member'] as const;

/** Our side of Telegram's Bot API: sends and edits messages, and reads what people do in their chats with the bot. */
export function createTelegramBot({ token, apiRoot, appUrl, onIncoming }: TelegramBotParts) {
  const bot = new Bot(token, { client: { ...(apiRoot !== undefined && { apiRoot }), timeoutSeconds: 60, sensitiveLogs: false } });
  listen(bot, onIncoming);
  const keyboard = (rows: Button[][]): InlineKeyboard =>
    new InlineKeyboard(rows.map((row) => row.flatMap((button) => keyOf(button, appUrl))).filter((row) => row.length > 0));
  const shape = ({ html, buttons = [], silent = false }: Message) => ({
    text: html,
    more: {
      parse_mode: 'HTML',
      disable_notification: silent,
      link_preview_options: { is_disabled: true },
      reply_markup: keyboard(buttons),
    } as const,
  });

  const line: BotLine = {
    send: (userId, message, signal) =>
      attempt(async () => {
        const { text, more } = shape(message);
        return (await bot.api.sendMessage(userId, text, more, within(signal))).message_id;
      }),
    edit: (userId, messageId, message, signal) =>
      attempt(async () => {
        const { text, more } = shape(message);
        const { disable_notification: _silent, ...kept } = more;
        await bot.api.editMessageText(userId, messageId, text, kept, within(signal)).catch((error: unknown) => {
          if (!isUnchanged(error)) throw error;
        });
        return messageId;
      }),
  };

  return {
    line,
    /** Asks Telegram who this bot is; answers its user name. */
    async introduce(signal: AbortSignal): Promise<string> {
      bot.botInfo = await bot.api.getMe(within(signal));
      return bot.botInfo.username;
    },
    /** What people see before they have written: the button beside the text field, and the commands. */
    async show({ menuText, commands }: BotFace, signal: AbortSignal): Promise<void> {
      for (const { language, list } of commands) {
        await bot.api.setMyCommands(list, language === 'en' ? {} : { language_code: language }, within(signal));
      }
      if (appUrl === undefined) return;
      const menu_button = { type: 'web_app', text: menuText, web_app: { url: `${appUrl}/` } } as const;
      await bot.api.setChatMenuButton({ menu_button }, within(signal));
    },
    webhook: {
      read: async (signal: AbortSignal): Promise<string> => (await bot.api.getWebhookInfo(within(signal))).url ?? '',
      set: (url: string, secret: string, signal: AbortSignal): Promise<true> =>
        bot.api.setWebhook(url, { secret_token: secret, allowed_updates: HEARD, max_connections: 10 }, within(signal)),
      remove: (signal: AbortSignal): Promise<true> => bot.api.deleteWebhook({}, within(signal)),
    },
    /** What is new from `offset` on; `wait`: up to 25 s for it. */
    poll: (offset: number, { wait, signal }: { wait: boolean; signal: AbortSignal }): Promise<Update[]> =>
      bot.api.getUpdates({ offset, timeout: wait ? POLL_SECONDS : 0, allowed_updates: HEARD }, limited(signal, (POLL_SECONDS + 15) * 1000)),
    /** Hands over what in an update concerns us; resolves when that was dealt with. */
    take: (update: Update): Promise<void> => bot.handleUpdate(update),
    why: whyFailed,
    /** Somebody else takes this bot's updates: Telegram lets only one. */
    isConflict: (error: unknown): boolean => error instanceof GrammyError && error.error_code === 409,
  };
}

function listen(bot: Bot, onIncoming: TelegramBotParts['onIncoming']): void {
  const here = bot.chatType('private');
  here.on('my_chat_member', ({ myChatMember, from }) =>
    onIncoming({ is: myChatMember.new_chat_member.status === 'kicked' ? 'blocked' : 'unblocked', from: senderOf(from) }),
  );
  here.on('message', ({ message, from }) => {
    const [, name, payload = ''] = /^\/([a-z0-9_]+)(?:@\w+)?(?:\s+(.*))?$/is.exec(message.text ?? '') ?? [];
    if (name === undefined) return onIncoming({ is: 'text', from: senderOf(from) });
    return onIncoming({ is: 'command', name: name.toLowerCase(), payload: payload.trim().slice(0, 512), from: senderOf(from) });
  });
  here.on('callback_query:data', (context) =>
    onIncoming({
      is: 'tap',
      data: context.callbackQuery.data,
      messageId: context.callbackQuery.message?.message_id,
      from: senderOf(context.from),
      answer: async (text) => {
        // The spinner ends by itself; a query that is too old to be answered is no reason to fail.
        await context.answerCallbackQuery(text === undefined ? {} : { text: text.slice(0, 200) }).catch(() => {});
      },
    }),
  );
}

async function attempt(call: () => Promise<number>): Promise<Outcome> {
  try {
    return { is: 'sent', messageId: await call() };
  } catch (error) {
    return outcomeOf(error);
  }
}

const senderOf = ({ id, first_name, language_code }: { id: number; first_name: string; language_code?: string }): Sender => ({
  id: String(id),
  firstName: first_name,
  languageCode: language_code,
});

const keyOf = (button: Button, appUrl: string | undefined): InlineKeyboardButton[] => {
  if ('tap' in button) return [InlineKeyboard.text(button.text, button.tap)];
  // In a private chat a button may open the app at any address: it needs nothing to be set up with @BotFather.
  const screen = button.opens === '' ? '' : `?tgWebAppStartParam=${encodeURIComponent(button.opens)}`;
  return appUrl === undefined ? [] : [InlineKeyboard.webApp(button.text, `${appUrl}/${screen}`)];
};

// grammY's types name the signal of a package that older Node versions needed; it takes the built-in one.
type GrammySignal = Parameters<Bot['api']['getMe']>[0];
const limited = (signal: AbortSignal, ms: number): GrammySignal => AbortSignal.any([signal, AbortSignal.timeout(ms)]) as GrammySignal;
const within = (signal: AbortSignal): GrammySignal => limited(signal, CALL_WITHIN_MS);
