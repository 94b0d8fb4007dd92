import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTICE_KINDS } from '@clawmoor/shared/notice.ts';
import { botWords } from '../../backend/src/features/bot/tongues.ts';
import { noticeWords } from '../../backend/src/features/notices/words.ts';
import { startBotWorld, until, type BotWorld } from '../support/bot-world.ts';
import { MINUTE_MS } from '../support/clock.ts';
import type { ChatMessage, Person as Writer } from '../support/fake-bot-api.ts';
import { startFakeBotApi } from '../support/fake-bot-api.ts';
import { BOT_TOKEN, startWorld } from '../support/world.ts';

let world: BotWorld;
const last = (from: Writer): ChatMessage | undefined => world.api.chat(from.id).at(-1);
/** What the bot answers to something. */
async function answerTo(from: Writer, text: string): Promise<ChatMessage> {
  const before = world.api.chat(from.id).length;
  await world.api.says(from, text);
  await until(
    () => world.api.chat(from.id).length,
    (count) => count > before,
  );
  const message = last(from);
  if (!message) throw new Error('there is no answer');
  return message;
}
/** What the spinner on a button ends with. */
async function tap(from: Writer, message: ChatMessage | undefined, button: string): Promise<string> {
  const before = world.api.of('answerCallbackQuery').length;
  await world.api.taps(from, message, button);
  const answers = await until(
    () => world.api.of('answerCallbackQuery'),
    (found) => found.length > before,
  );
  return String(answers.at(-1)?.['text'] ?? '');
}

describe('The bot', () => {
  beforeAll(async () => {
    world = await startBotWorld();
    await until(
      () => world.test.world.bot.username,
      (name) => name !== undefined,
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('knows its own name, so that invitations are links; and shows its menu button and commands in both languages', async () => {
    const made = await world.owner.post(`/servers/${world.serverId}/invitations`, { role: 'viewer' });
    expect(made.body.link).toMatch(/^https:\/\/t\.me\/demo_bot\?startapp=inv_/);
    await until(
      () => world.api.of('setChatMenuButton'),
      (calls) => calls.length === 1,
    );
    expect(world.api.of('setChatMenuButton')[0]).toMatchObject({
      menu_button: { type: 'web_app', web_app: { url: 'https://app.example.test/' } },
    });
    expect(world.api.of('setMyCommands').map(({ language_code }) => language_code)).toEqual([undefined, 'ru']);
  });

  it('answers /start with a button into the app, which opens what the link names and nothing else (S5)', async () => {
    const { text, buttons } = await answerTo(world.who.admin, '/start');
    expect(text).toContain('Hello Adam!');
    expect(buttons).toEqual([{ text: 'Open Clawmoor', url: 'https://app.example.test/' }]);
    const deep = await answerTo(world.who.admin, `/start srv_${world.serverId}`);
    expect(deep.buttons).toEqual([{ text: 'Open it', url: `https://app.example.test/?tgWebAppStartParam=srv_${world.serverId}` }]);
    const hostile = await answerTo(world.who.admin, '/start "><script>&x=');
    expect(hostile.buttons).toEqual([{ text: 'Open Clawmoor', url: 'https://app.example.test/' }]);
  });

  it('lists the servers of the one who asks, in their language, and no others', async () => {
    expect((await answerTo(world.who.owner, '/servers')).text).toBe('<b>Ваши серверы</b>\n⚪ <b>ship</b>: ещё не проверялся, владелец');
    expect((await answerTo(world.who.viewer, '/servers@demo_bot')).text).toContain('<b>ship</b>: not tried yet, viewer');
    await world.test.person(999, 'Sam');
    expect((await answerTo(world.who.stranger, '/servers')).text).toBe('You have no servers yet. Add one in the app.');
  });

  it('follows the language that a person has chosen', async () => {
    await world.viewer.put('/me/notification-prefs', { language: 'ru' });
    expect((await answerTo(world.who.viewer, '/help')).text).toContain('Что я знаю:');
    await world.viewer.put('/me/notification-prefs', { language: null });
    expect((await answerTo(world.who.viewer, 'hello?')).text).toBe('I only know a few commands: /help names them.');
  });

  it('tells by /status what is open', async () => {
    expect((await answerTo(world.who.admin, '/status')).text).toContain('Nothing is open.');
    await world.announce({ subject: 'inc_status', facts: { path: '/status', percent: 91 } });
    await until(
      () => last(world.who.admin)?.text,
      (text) => text?.includes('/status</code> is 91') === true,
    );
    expect((await answerTo(world.who.admin, '/status')).text).toContain(
      'Open: 1\n⚠️ <b>ship</b>: Disk almost full. <code>/status</code> is 91 % full.',
    );
  });

  it('switches news by /mute, as the settings of the app do', async () => {
    const message = await answerTo(world.who.admin, '/mute');
    expect(message.buttons.map(({ text }) => text)).toEqual(['🔔 Everything: on', '🔔 ship: on']);
    expect(await tap(world.who.admin, message, '🔔 ship: on')).toBe('Done');
    await until(
      () => last(world.who.admin)?.buttons.map(({ text }) => text),
      (texts) => texts?.includes('🔕 ship: off') === true,
    );
    expect((await world.admin.get('/me/notification-prefs')).body.mutedServers).toEqual([world.serverId]);
    expect(await tap(world.who.admin, last(world.who.admin), '🔕 ship: off')).toBe('Done');
    expect(await tap(world.who.admin, last(world.who.admin), '🔔 Everything: on')).toBe('You are told nothing any more');
    expect(await tap(world.who.admin, last(world.who.admin), 'mute.all')).toBe('You are told again');
    expect((await world.admin.get('/me/notification-prefs')).body).toMatchObject({ muted: false, mutedServers: [] });
    // A server of somebody else, in a button that this person never got.
    expect(await tap(world.who.stranger, undefined, `mute.${world.serverId}`)).toBe('This button leads to nothing any more');
  });

  it('lets a button act for the one to whom it was sent, with their role of this moment, and writes it down', async () => {
    await world.openIncident('/tap');
    const message = await until(
      () => last(world.who.admin),
      (found) => found?.text.includes('/tap') === true,
    );
    const data = message?.buttons.find(({ text }) => text === 'I look after it')?.data ?? '';
    // Made up, or somebody else's: it leads nowhere.
    for (const forged of [data, 'acknowledge.999999', 'acknowledge.-1', 'acknowledge.1e3', 'deny.1', '', 'x'.repeat(64)]) {
      expect(await tap(world.who.viewer, undefined, forged), forged).toBe('This button leads to nothing any more');
    }
    await world.owner.put(`/servers/${world.serverId}/access/102`, { role: 'viewer' });
    expect(await tap(world.who.admin, message, 'I look after it')).toBe('Your role on this server does not allow it');
    await world.owner.put(`/servers/${world.serverId}/access/102`, { role: 'admin' });
    expect(await tap(world.who.admin, message, 'I look after it')).toBe('Done');
    await until(
      () => world.api.chat(101).find(({ text }) => text.includes('/tap'))?.text,
      (text) => text?.includes('Занимается: Adam.') === true,
    );
    const { body } = await (await world.test.person(900)).get('/admin/audit?action=incident.acknowledge');
    expect(body.entries.map(({ actor, result }: { actor: { id: string }; result: string }) => [actor.id, result])).toEqual([
      ['102', 'ok'],
      ['102', 'auth.role_too_low'],
    ]);
  });

  it('mutes a server with one tap under its news', async () => {
    await world.announce({ subject: 'inc_mute', facts: { path: '/mute-me', percent: 91 } });
    const message = await until(
      () => last(world.who.owner),
      (found) => found?.text.includes('/mute-me') === true,
    );
    expect(await tap(world.who.owner, message, 'Не сообщать об этом сервере')).toBe('Готово');
    expect((await world.owner.get('/me/notification-prefs')).body.mutedServers).toEqual([world.serverId]);
    await world.owner.put('/me/notification-prefs', { mutedServers: [] });
  });

  it('handles no update twice, also after a restart (S10)', async () => {
    const { body } = await world.owner.get('/me/notification-prefs');
    const update = {
      update_id: 5_000,
      callback_query: {
        id: '1',
        from: { id: 101, is_bot: false, first_name: 'Olga' },
        chat_instance: '1',
        data: 'mute.all',
        message: { message_id: 1, date: 0, chat: { id: 101, type: 'private' } },
      },
    };
    for (let times = 0; times < 3; times++) await world.test.world.told.botWebhook.take(update);
    await until(
      () => world.owner.get('/me/notification-prefs'),
      (answer) => answer.body.muted === !body.muted,
    );
    await world.owner.put('/me/notification-prefs', { muted: false });
    await world.test.world.told.botWebhook.take(update);
    expect((await world.owner.get('/me/notification-prefs')).body.muted).toBe(false);
    expect(await world.test.world.told.botWebhook.take({ nonsense: true })).toBeUndefined();
  });

  it('says nothing in groups, and has no way in by a webhook that is not configured', async () => {
    const calls = world.api.of('sendMessage').length;
    await world.api.push({
      message: {
        message_id: 1,
        date: 0,
        chat: { id: -5, type: 'group', title: 'g' },
        from: { id: 101, is_bot: false, first_name: 'Olga' },
        text: '/servers',
      },
    });
    await answerTo(world.who.viewer, '/help');
    expect(world.api.of('sendMessage')).toHaveLength(calls + 1);
    expect((await world.test.nobody.post('/bot/webhook', { update_id: 1 })).status).toBe(404);
  });
});

describe('A stranger', () => {
  it('gets one short answer a minute where sign-in is by invitation, and an invitation all the same', async () => {
    world = await startBotWorld({ env: { REGISTRATION: 'invite', SUPER_ADMIN_IDS: '101,102,103' } });
    await using _world = world;
    const said = await answerTo(world.who.stranger, '/servers');
    expect(said).toMatchObject({ text: botWords.en.stranger, buttons: [] });
    await world.api.says(world.who.stranger, '/status');
    await world.api.says(world.who.stranger, 'hello');
    expect(await tap(world.who.stranger, undefined, 'mute.all')).toBe(botWords.en.stranger);
    expect(world.api.chat(999)).toHaveLength(1);
    world.clock.step(MINUTE_MS);
    const invited = await answerTo(world.who.stranger, '/start inv_abcdefghijklmnop');
    expect(invited.buttons).toEqual([{ text: 'Open Clawmoor', url: 'https://app.example.test/?tgWebAppStartParam=inv_abcdefghijklmnop' }]);
    expect(await world.test.world.db.selectFrom('bot_chat').selectAll().where('user_id', '=', '999').execute()).toEqual([]);
  });
});

describe('Contact with Telegram', () => {
  it('comes back by itself, and until then the installation works and its health says what is wrong', async () => {
    await using api = await startFakeBotApi({ token: BOT_TOKEN });
    api.answer('getMe', { ok: false, error_code: 401, description: 'Unauthorized' }, 1);
    await using test = await startWorld({ env: { TELEGRAM_API_ROOT: api.root } });
    const admin = await test.person(900);
    const bot = async () => (await admin.get('/admin/health/detailed')).body.checks.find(({ key }: { key: string }) => key === 'bot');
    expect(await until(bot, ({ status }) => status === 'warn')).toMatchObject({ message: 'Telegram answered 401: Unauthorized' });
    await until(bot, ({ status }) => status === 'ok');
    expect(test.logged()).not.toContain(BOT_TOKEN);
  });

  it('also stands from the bundle, where names of classes are others', async () => {
    await using api = await startFakeBotApi({ token: BOT_TOKEN });
    const folder = await mkdtemp(join(tmpdir(), 'clawmoor-bundle-'));
    const outfile = join(folder, 'bot.mjs');
    const entry = join(import.meta.dirname, '../../backend/src/adapters/telegram/bot.ts');
    await build({ entryPoints: [entry], outfile, bundle: true, minify: true, platform: 'node', format: 'esm', logLevel: 'error' });
    const { createTelegramBot } = (await import(outfile)) as typeof import('../../backend/src/adapters/telegram/bot.ts');
    const bot = createTelegramBot({ token: BOT_TOKEN, apiRoot: api.root, appUrl: undefined, onIncoming: async () => {} });
    expect(await bot.introduce(AbortSignal.timeout(5_000))).toBe('demo_bot');
    expect(await bot.line.send('7', { html: 'hello' }, AbortSignal.timeout(5_000))).toMatchObject({ is: 'sent' });
    await rm(folder, { recursive: true });
  });

  it('is not fought for: who else polls this bot is named', async () => {
    await using api = await startFakeBotApi({ token: BOT_TOKEN });
    api.answer('getUpdates', { ok: false, error_code: 409, description: 'Conflict: terminated by other getUpdates request' }, 100);
    await using test = await startWorld({ env: { TELEGRAM_API_ROOT: api.root } });
    const admin = await test.person(900);
    const bot = async () => (await admin.get('/admin/health/detailed')).body.checks.find(({ key }: { key: string }) => key === 'bot');
    expect(await until(bot, ({ status }) => status === 'warn')).toMatchObject({ message: 'Another program takes the updates of this bot' });
  });

  it('by webhook takes what carries the secret, and nothing else (S10)', async () => {
    // The address at which Telegram would deliver is this machine's own, in this test.
    const port = await freePort();
    world = await startBotWorld({ env: { BOT_WEBHOOK: 'true', APP_DOMAIN: `127.0.0.1:${port}` }, port });
    await using _world = world;
    const hook = await until(
      () => world.api.webhook(),
      (found) => found !== undefined,
    );
    expect(hook).toMatchObject({
      url: `https://127.0.0.1:${port}/api/bot/webhook`,
      allowed_updates: ['message', 'callback_query', 'my_chat_member'],
    });
    const secret = String(hook?.['secret_token']);
    expect(secret).toMatch(/^[\w-]{43}$/);
    const update = (id: number) => ({
      update_id: id,
      message: {
        message_id: id,
        date: 0,
        chat: { id: 101, type: 'private' },
        from: { id: 101, is_bot: false, first_name: 'Olga', language_code: 'ru' },
        text: '/help',
      },
    });
    // Not an operation of the API: Telegram's own door, so it is knocked at without the test client.
    const post = (headers: Record<string, string>, id: number) =>
      fetch(`${world.test.url}/api/bot/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(update(id)),
      });
    for (const wrong of [{}, { 'x-telegram-bot-api-secret-token': '' }, { 'x-telegram-bot-api-secret-token': `${secret}x` }]) {
      expect((await post(wrong as Record<string, string>, 1)).status).toBe(401);
    }
    for (let times = 0; times < 3; times++) expect((await post({ 'x-telegram-bot-api-secret-token': secret }, 7)).status).toBe(200);
    await until(
      () => world.api.chat(101).length,
      (count) => count === 1,
    );
    expect(world.api.of('getUpdates')).toEqual([]);
  });

  it('is none without a token of one’s own: the local trial says so, and everything else works', async () => {
    await using test = await startWorld({ env: { APP_DOMAIN: '', TELEGRAM_BOT_TOKEN: '', TELEGRAM_API_ROOT: '' }, begin: false });
    expect(test.world.told.inWords).toMatch(/^There is no bot/);
    await test.world.told.announce({
      subject: 'x',
      kind: 'backup',
      severity: 'critical',
      phase: 'opened',
      audience: { superAdmins: true },
      facts: {},
      at: 1,
    });
    expect(await test.world.db.selectFrom('outbox').selectAll().execute()).toEqual([]);
  });
});

describe('The words of the bot', () => {
  it('exist for every kind of news in both languages, and the last of each list needs nothing filled in', () => {
    for (const [language, words] of Object.entries(noticeWords)) {
      expect(Object.keys(words.kinds).toSorted(), language).toEqual([...NOTICE_KINDS].toSorted());
      for (const [kind, { title, opened, resolved, of, ended }] of Object.entries(words.kinds)) {
        expect(title, `${language} ${kind}`).not.toBe('');
        for (const list of [opened, resolved]) expect(list.at(-1), `${language} ${kind}`).toMatch(/^(?!.*\{)|^\{task\}/);
        const other = noticeWords[language === 'en' ? 'ru' : 'en'].kinds[kind as 'disk'];
        const names = (list: readonly string[]) => list.map((text) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted());
        expect(names(opened), `${language} ${kind}`).toEqual(names(other.opened));
        expect(names(resolved), `${language} ${kind}`).toEqual(names(other.resolved));
        expect(Object.keys({ ...of, ...ended }), `${language} ${kind}`).toEqual(Object.keys({ ...other.of, ...other.ended }));
        for (const [what, list] of Object.entries({ ...of, ...ended }))
          expect(names(list), `${language} ${kind} ${what}`).toEqual(names({ ...other.of, ...other.ended }[what] ?? []));
      }
    }
  });
  it('are the same in both languages, and none of them is empty', () => {
    const paths = (value: object, path = ''): string[] =>
      Object.entries(value).flatMap(([key, one]) =>
        typeof one === 'string' ? [`${path}${key}${one === '' ? ' is empty' : ''}`] : paths(one as object, `${path}${key}.`),
      );
    expect(paths(botWords.en)).toEqual(paths(botWords.ru));
    expect(paths(botWords.en).join()).not.toContain('is empty');
    for (const language of ['en', 'ru'] as const)
      expect(Object.values(botWords[language].commands).every((text) => text.length <= 256)).toBe(true);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
