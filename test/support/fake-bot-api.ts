import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, unknown>;

export interface FakeBotApi {
  root: string;
  /** Every call so far, with its method and parameters. */
  calls: { method: string; parameters: Fields }[];
  of: (method: string) => Fields[];
  webhook: () => Fields | undefined;
  /** The next calls of a method get this answer: a 429, a 403, a 500; or `cut` for a connection that breaks. */
  answer: (method: string, reply: Fields | 'cut', times?: number) => void;
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
  const rules: { method: string; reply: Fields | 'cut'; times: number }[] = [];
  const updates: ({ update_id: number } & Fields)[] = [];
  const waiting = new Set<() => void>();
  const bot = { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Demo', username: 'demo_bot', can_join_groups: false, ...me };
  let webhook: Fields | undefined;
  let menuButton: Fields = { type: 'commands' };
  let nextId = 1;

  const methods: Record<string, (parameters: Fields) => unknown> = {
    getMe: () => ({ has_main_web_app: true, ...bot }),
    getWebhookInfo: () => ({ url: '', has_custom_certificate: false, pending_update_count: updates.length, ...webhook }),
    setWebhook: (parameters) => ((webhook = parameters), true),
    deleteWebhook: () => ((webhook = undefined), true),
    getChatMenuButton: () => menuButton,
    setChatMenuButton: (parameters) => ((menuButton = parameters['menu_button'] as Fields), true),
    setMyCommands: () => true,
    answerCallbackQuery: () => true,
    sendMessage: ({ chat_id: id, text }) => ({ message_id: nextId++, date: 0, chat: { id, type: 'private' }, from: bot, text }),
    editMessageText: ({ chat_id: id, text }) => ({ message_id: nextId++, date: 0, chat: { id, type: 'private' }, from: bot, text }),
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
    const rule = rules.find((each) => each.method === method && each.times-- > 0);
    if (rule?.reply === 'cut') return void request.socket.destroy();
    if (rule) return reply(Number(rule.reply['error_code'] ?? 200), rule.reply);
    if (method === 'getUpdates' && webhook) return refuse(409, "Conflict: can't use getUpdates method while webhook is active");
    const run = methods[method];
    return run ? reply(200, { ok: true, result: await run(parameters) }) : refuse(404, 'Not Found: method not found');
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    root: `http://${host}:${(server.address() as AddressInfo).port}`,
    calls,
    of: (wanted) => calls.filter(({ method }) => method === wanted).map(({ parameters }) => parameters),
    webhook: () => webhook,
    answer: (method, reply, times = 1) => void rules.push({ method, reply, times }),
    async push(fields) {
      const update = { update_id: nextId++, ...fields };
      if (!webhook) {
        updates.push(update);
        for (const wake of waiting) wake();
        return;
      }
      const secret = webhook['secret_token'];
      const headers = { 'content-type': 'application/json', ...(secret ? { 'x-telegram-bot-api-secret-token': String(secret) } : {}) };
      await fetch(String(webhook['url']), { method: 'POST', headers, body: JSON.stringify(update) });
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
