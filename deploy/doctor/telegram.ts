import { callBot, type BotAnswer } from './bot-api.ts';
import { fail, ok, skipped, warn, type Finding, type Installation } from './check.ts';

// initData may be a minute from the future; beyond that nobody can sign in.
const CLOCK_MAY_DIFFER_SECONDS = 60;

/** The bot: its token, how its messages arrive, its menu button, the clock, and what only a person can do in BotFather. */
export async function checkTelegram(installation: Installation): Promise<Finding[]> {
  const { TELEGRAM_BOT_TOKEN: token, APP_DOMAIN: domain, TELEGRAM_API_ROOT: root, BOT_WEBHOOK: webhook } = installation.settings;
  if (!token) return [fail('bot', 'there is no TELEGRAM_BOT_TOKEN', 'Send /newbot to @BotFather and put the token into the settings.')];
  const bot = (method: string, parameters?: unknown): Promise<BotAnswer> => callBot({ token, root }, method, parameters);
  let me: BotAnswer;
  try {
    me = await bot('getMe');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      fail(
        'bot',
        `Telegram cannot be reached (${reason})`,
        'Let this machine reach api.telegram.org on port 443, or set TELEGRAM_API_ROOT.',
      ),
    ];
  }
  if (!me.result)
    return [
      fail(
        'bot',
        `Telegram refuses the token: ${me.refusal}`,
        'Send /mybots to @BotFather, choose the bot, API Token; put that into the settings.',
      ),
    ];
  const username = String(me.result['username']);
  const url = `https://${domain ?? ''}/`;
  return [
    ok('bot', `@${username}`),
    clock(me.clockAheadSeconds),
    delivery(await bot('getWebhookInfo'), { webhook: webhook !== undefined && webhook !== '' && webhook !== 'false', domain }),
    await menuButton(bot, url, installation.mayFix),
    mainApp(me.result, username, url),
    groups(me.result, username),
  ];
}

function clock(ahead: number | undefined): Finding {
  if (ahead === undefined) return skipped('clock', 'Telegram gave no time to compare with');
  if (Math.abs(ahead) <= CLOCK_MAY_DIFFER_SECONDS) return ok('clock', `within ${Math.abs(ahead)} s of Telegram's`);
  return fail(
    'clock',
    `${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} Telegram's: sign-in fails`,
    'Run: timedatectl set-ntp true',
  );
}

function delivery({ result, refusal }: BotAnswer, { webhook, domain }: { webhook: boolean; domain: string | undefined }): Finding {
  if (!result) return warn('updates', `Telegram does not say how they arrive: ${refusal}`, 'Run this again later.');
  const url = String(result['url'] ?? '');
  const trouble = result['last_error_message'];
  if (!webhook && url === '') return ok('updates', 'by polling');
  if (!webhook)
    return fail(
      'updates',
      'a webhook is set, so polling gets nothing',
      'Another program uses this bot. Stop it, or make a bot of its own for Clawmoor.',
    );
  if (!URL.canParse(url) || new URL(url).host !== domain)
    return fail('updates', 'the webhook leads elsewhere', 'Restart Clawmoor, which sets it: systemctl restart clawmoor');
  if (trouble) return warn('updates', `Telegram could not deliver: ${String(trouble)}`, 'See the lines on TLS and the address below.');
  return ok('updates', 'by webhook');
}

async function menuButton(
  bot: (method: string, parameters?: unknown) => Promise<BotAnswer>,
  url: string,
  mayFix: boolean,
): Promise<Finding> {
  const { result } = await bot('getChatMenuButton');
  const app = result?.['type'] === 'web_app' ? (result['web_app'] as { url?: string }) : undefined;
  if (app?.url !== undefined && sameAddress(app.url, url)) return ok('menu button', `opens ${url}`);
  const says = app?.url === undefined ? 'does not open the app' : `opens ${app.url}, not ${url}`;
  if (!mayFix) return warn('menu button', says, 'Run: clawmoorctl doctor --fix');
  const set = await bot('setChatMenuButton', { menu_button: { type: 'web_app', text: 'Open', web_app: { url } } });
  return set.refusal === undefined
    ? ok('menu button', `now opens ${url}`)
    : fail('menu button', `Telegram refuses ${url}: ${set.refusal}`, 'The address must be https with a public name.');
}

const sameAddress = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;

function mainApp(me: Record<string, unknown>, username: string, url: string): Finding {
  if (me['has_main_web_app'] === true) return ok('main app', `https://t.me/${username}?startapp opens it`);
  return warn(
    'main app',
    'not enabled: links to the app do not work, the menu button does',
    `In @BotFather: /mybots, @${username}, Bot Settings, Configure Mini App, Enable Mini App, then send ${url}`,
  );
}

function groups(me: Record<string, unknown>, username: string): Finding {
  if (me['can_join_groups'] !== true) return ok('groups', 'the bot cannot be put into groups');
  return warn('groups', 'anybody can put the bot into a group', `In @BotFather: /setjoingroups, @${username}, Disable`);
}
