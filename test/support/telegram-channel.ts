import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TelegramChannel {
  /** What `channels.telegram` of OpenClaw's configuration says. */
  config: { botToken: string; apiRoot: string };
  /** From now on the bot is refused, as after its token was changed; or taken again. */
  refuse: (refused: boolean) => void;
  [Symbol.asyncDispose]: () => Promise<void>;
}

const POLL_MS = 1_000;

/** As much of Telegram's Bot API as a channel of OpenClaw needs to run; `writer` sends the bot one message. */
export async function startTelegramChannel({ writer }: { writer?: { id: number; name: string } } = {}): Promise<TelegramChannel> {
  let waiting = writer;
  let refused = false;
  const next = (): object[] => {
    if (!waiting) return [];
    const { id, name } = waiting;
    waiting = undefined;
    const from = { id, is_bot: false, first_name: name, username: name.toLowerCase() };
    const chat = { id, type: 'private', first_name: name };
    return [{ update_id: 1, message: { message_id: 1, date: Math.floor(Date.now() / 1000), chat, from, text: 'Ahoy, is anybody there?' } }];
  };
  const server = createServer((request, response) => {
    const method = request.url?.split('/').at(-1)?.split('?')[0];
    request.resume();
    if (refused) {
      const body = JSON.stringify({ ok: false, error_code: 401, description: 'Unauthorized' });
      return void response.writeHead(401, { 'content-type': 'application/json' }).end(body);
    }
    const result =
      method === 'getMe'
        ? { id: 1, is_bot: true, first_name: 'b', username: 'b_bot' }
        : method === 'getUpdates'
          ? next()
          : method === 'sendMessage'
            ? { message_id: 2, date: 1, chat: { id: 1, type: 'private' } }
            : true;
    const answer = (): void => void response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }));
    setTimeout(answer, method === 'getUpdates' && Array.isArray(result) && result.length === 0 ? POLL_MS : 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    config: {
      botToken: '123456:AAcanary-of-no-bot-at-all-0000000000',
      apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    refuse: (value) => void (refused = value),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
