import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, unknown>;
type Reply = Fields | 'cut' | 'cut-after' | 'garbage';

export interface Person {
  id: number;
  first_name: string;
  language_code?: string;
}

export interface ChatMessage {
  id: number;
  text: string;
  /** The texts of its buttons, and what they carry. */
  buttons: { text: string; data?: string; url?: string }[];
  silent: boolean;
  edits: number;
  /** Taken, but the connection had broken: whoever sent it cannot know. */
  isUnheard: boolean;
}

export interface FakeBotApi {
  root: string;
  /** Every call so far, with its method and parameters. */
  calls: { method: string; parameters: Fields }[];
  of: (method: string) => Fields[];
  webhook: () => Fields | undefined;
  /**
   * The next calls of a method get this answer: a 429, a 403, a 500; `cut` for a connection that breaks before anything is done,
   * `cut-after` for one that breaks when it is done; `garbage` for a page of a proxy.
   */
  answer: (
    method: string,
    reply: Fields | 'cut' | 'cut-after' | 'garbage',
    times?: number,
    match?: (parameters: Fields) => boolean,
  ) => void;
  /** What a person sees in their chat: every message that was accepted, as it reads now. */
  chat: (userId: string | number) => ChatMessage[];
  /** Each call takes so long. */
  slow: (ms: number) => void;
  /** Something a person writes, or a button under a message that they press; answers its update. */
  says: (from: Person, text: string) => Promise<void>;
  taps: (from: Person, message: ChatMessage | undefined, button: string) => Promise<void>;
  blocks: (from: Person, blocked: boolean) => Promise<void>;
  /** An update for whoever polls or has set a webhook. */
  push: (update: Fields) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** Telegram's Bot API on loopback: as much of it as Clawmoor calls. */
export async function startFakeBotApi({
  token,
  me = {},
  clockAheadSeconds = 0,
  host = '127.0.0.1',
}: {
  token: string;
  me?: Fields;
  clockAheadSeconds?: number;
  /** Where a test server reaches it. */
  host?: string;
}): Promise<FakeBotApi> {
  const calls: FakeBotApi['calls'] = [];
  const rules: { method: string; reply: Reply; times: number; match: (parameters: Fields) => boolean }[] = [];
  const chats = new Map<string, ChatMessage[]>();
  let delayMs = 0;
  const updates: ({ update_id: number } & Fields)[] = [];
  const waiting = new Set<() => void>();
  const bot = { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Demo', username: 'demo_bot', can_join_groups: false, ...me };
  let webhook: Fields | undefined;
  let menuButton: Fields = { type: 'commands' };
  let nextId = 1;
  let nextUpdate = 1;

  const methods: Record<string, (parameters: Fields) => unknown> = {
    getMe: () => ({ has_main_web_app: true, ...bot }),
    getWebhookInfo: () => ({ url: '', has_custom_certificate: false, pending_update_count: updates.length, ...webhook }),
    setWebhook: (parameters) => ((webhook = parameters), true),
    deleteWebhook: () => ((webhook = undefined), true),
    getChatMenuButton: () => menuButton,
    setChatMenuButton: (parameters) => ((menuButton = parameters['menu_button'] as Fields), true),
    setMyCommands: () => true,
    answerCallbackQuery: () => true,
    sendMessage(parameters) {
      const { chat_id: id, text } = parameters;
      const message = {
        id: nextId++,
        edits: 0,
        isUnheard: false,
        silent: parameters['disable_notification'] === true,
        ...shapeOf(parameters),
      };
      chats.set(String(id), [...(chats.get(String(id)) ?? []), message]);
      return { message_id: message.id, date: 0, chat: { id, type: 'private' }, from: bot, text };
    },
    editMessageText(parameters) {
      const { chat_id: id, message_id: messageId, text } = parameters;
      const message = chats.get(String(id))?.find((one) => one.id === messageId);
      if (!message) return new Refusal(400, 'Bad Request: message to edit not found');
      const wanted = shapeOf(parameters);
      if (JSON.stringify(wanted) === JSON.stringify({ text: message.text, buttons: message.buttons })) {
        return new Refusal(400, 'Bad Request: message is not modified');
      }
      Object.assign(message, wanted, { edits: message.edits + 1 });
      return { message_id: messageId, date: 0, chat: { id, type: 'private' }, from: bot, text };
    },
    async getUpdates({ offset = 0, timeout = 0 }) {
      while (updates[0] && updates[0].update_id < Number(offset)) updates.shift();
      if (updates.length === 0 && Number(timeout) > 0) await arrival(Number(timeout) * 1000);
      return updates;
    },
  };
  const arrival = (withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, withinMs);
      waiting.add(wake);
    });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = await parametersOf(request);
    const [, given, method = ''] = /^\/bot([^/]+)\/(?:test\/)?(\w+)$/.exec(request.url ?? '') ?? [];
    const reply = (status: number, body: Fields): void => {
      const date = new Date(Date.now() - clockAheadSeconds * 1000).toUTCString();
      response.writeHead(status, { 'content-type': 'application/json', date }).end(JSON.stringify(body));
    };
    const refuse = (status: number, description: string): void => reply(status, { ok: false, error_code: status, description });
    if (given !== token) return refuse(401, 'Unauthorized');
    calls.push({ method, parameters });
    if (delayMs > 0 && method !== 'getUpdates') await new Promise((resolve) => setTimeout(resolve, delayMs));
    const rule = rules.find((each) => each.method === method && each.times > 0 && each.match(parameters));
    if (rule) rule.times -= 1;
    if (rule?.reply === 'cut') return void request.socket.destroy();
    if (rule?.reply === 'cut-after') {
      unheard(parameters, await methods[method]?.(parameters));
      return void request.socket.destroy();
    }
    if (rule?.reply === 'garbage') return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
    if (rule) return reply(Number(rule.reply['error_code'] ?? 200), rule.reply);
    if (method === 'getUpdates' && webhook) return refuse(409, "Conflict: can't use getUpdates method while webhook is active");
    const run = methods[method];
    if (!run) return refuse(404, 'Not Found: method not found');
    const result = await run(parameters);
    if (request.socket.destroyed) unheard(parameters, result);
    return result instanceof Refusal ? refuse(result.status, result.description) : reply(200, { ok: true, result });
  }

  function unheard({ chat_id: chat }: Fields, result: unknown): void {
    const message = chats.get(String(chat))?.at(-1);
    if (message && (result as { message_id?: number }).message_id === message.id && message.edits === 0) message.isUnheard = true;
  }

  async function push(fields: Fields): Promise<void> {
    const update = { update_id: nextUpdate++, ...fields };
    if (!webhook) {
      updates.push(update);
      for (const wake of waiting) wake();
      return;
    }
    const secret = webhook['secret_token'];
    const headers = { 'content-type': 'application/json', ...(secret ? { 'x-telegram-bot-api-secret-token': String(secret) } : {}) };
    await fetch(String(webhook['url']), { method: 'POST', headers, body: JSON.stringify(update) });
  }
  const chatOf = (from: Person): Fields => ({ id: from.id, type: 'private', first_name: from.first_name });

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    root: `http://${host}:${(server.address() as AddressInfo).port}`,
    calls,
    of: (wanted) => calls.filter(({ method }) => method === wanted).map(({ parameters }) => parameters),
    webhook: () => webhook,
    answer: (method, reply, times = 1, match = () => true) => void rules.push({ method, reply, times, match }),
    chat: (userId) => chats.get(String(userId)) ?? [],
    slow: (ms) => void (delayMs = ms),
    push,
    says: (from, text) =>
      push({ message: { message_id: nextId++, date: 0, chat: chatOf(from), from: { is_bot: false, ...from }, text, ...commandIn(text) } }),
    taps: (from, message, button) =>
      push({
        callback_query: {
          id: String(nextId++),
          from: { is_bot: false, ...from },
          chat_instance: '1',
          data: message?.buttons.find(({ text }) => text === button)?.data ?? button,
          message: { message_id: message?.id ?? 1, date: 0, chat: chatOf(from) },
        },
      }),
    blocks: (from, blocked) => {
      const member = (status: string): Fields => ({ user: bot, status });
      const [before, after] = blocked ? ['member', 'kicked'] : ['kicked', 'member'];
      const change = { old_chat_member: member(before ?? ''), new_chat_member: member(after ?? '') };
      return push({ my_chat_member: { chat: chatOf(from), from: { is_bot: false, ...from }, date: 0, ...change } });
    },
    async [Symbol.asyncDispose]() {
      for (const wake of waiting) wake();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function parametersOf(request: IncomingMessage): Promise<Fields> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Fields);
}

class Refusal {
  readonly status: number;
  readonly description: string;
  constructor(status: number, description: string) {
    this.status = status;
    this.description = description;
  }
}

function shapeOf({ text, reply_markup: markup }: Fields): Pick<ChatMessage, 'text' | 'buttons'> {
  const rows = ((markup ?? {}) as { inline_keyboard?: Fields[][] }).inline_keyboard ?? [];
  const buttons = rows.flat().map((button) => ({
    text: String(button['text']),
    ...(button['callback_data'] !== undefined && { data: String(button['callback_data']) }),
    ...(button['web_app'] !== undefined && { url: (button['web_app'] as { url: string }).url }),
  }));
  return { text: String(text), buttons };
}

const commandIn = (text: string): Fields =>
  text.startsWith('/') ? { entities: [{ type: 'bot_command', offset: 0, length: text.split(' ')[0]?.length ?? 0 }] } : {};
