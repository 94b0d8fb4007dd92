import { setTimeout as delay } from 'node:timers/promises';
import type { FakeBotApi } from './fake-bot-api.ts';
import type { Receiver } from './receiver.ts';

const CHANCE = 0.2;
const FLOOD = { ok: false, error_code: 429, description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } };
const BROKEN = { ok: false, error_code: 500, description: 'Internal Server Error' };
const REPLIES = { '429': FLOOD, '500': BROKEN, cut: 'cut', 'cut after': 'cut-after' } as const;

/**
 * Bad weather between us and whom we tell: one message in five meets a 429, a 500, or a connection that breaks before or after it was
 * taken; one first delivery of a webhook in five a 500 or a broken connection. What follows to the same chat gets through, and no message
 * is cut off twice: three times would be given up.
 */
export function badWeather(api: FakeBotApi, receiver: Receiver) {
  const met: Record<string, number> = { '429': 0, '500': 0, cut: 0, 'cut after': 0, webhook: 0 };
  const names = Object.keys(REPLIES);
  const cutOff = new Set<string>();
  const clearing = new Set<unknown>();
  const ofCall = new WeakMap<object, string>();
  const note = (name: string): void => void (met[name] = (met[name] ?? 0) + 1);

  function decide({ chat_id: chat, text }: Record<string, unknown>): string {
    if (clearing.delete(chat) || Math.random() > CHANCE) return 'fair';
    clearing.add(chat);
    const name = names[Math.floor(Math.random() * names.length)] ?? '500';
    // The first line stays the same but for its mark, and of a summary for how many there are.
    const message = `${String(chat)} ${String(text)
      .split('\n')[0]
      ?.replace(/^\S+ |: \d+(?=<\/b>$)/g, '')}`;
    if (!name.startsWith('cut')) return name;
    if (cutOff.has(message)) return '500';
    cutOff.add(message);
    return name;
  }
  for (const method of ['sendMessage', 'editMessageText']) {
    for (const [name, reply] of Object.entries(REPLIES)) {
      api.answer(method, reply, Number.POSITIVE_INFINITY, (parameters) => {
        const decided = ofCall.get(parameters) ?? decide(parameters);
        ofCall.set(parameters, decided);
        if (decided === name) note(name);
        return decided === name;
      });
    }
  }
  const known = new Set<string>();
  receiver.weather((id) => {
    const isFirst = !known.has(id);
    known.add(id);
    if (!isFirst || Math.random() > CHANCE) return undefined;
    note('webhook');
    return Math.random() < 0.5 ? { status: 500 } : { status: 0, cut: true };
  });
  return {
    inWords: (): string =>
      Object.entries(met)
        .map(([name, count]) => `${count} × ${name}`)
        .join(', '),
  };
}

/** By webhook-id, what was taken: what it says, and how often it was answered 200. */
export function takenBy({ received }: Receiver): Map<string, { body: string; times: number }> {
  const taken = new Map<string, { body: string; times: number }>();
  for (const { headers, body, status } of received) {
    const id = String(headers['webhook-id']);
    if (status === 200) taken.set(id, { body, times: (taken.get(id)?.times ?? 0) + 1 });
  }
  return taken;
}

/** Waits until all that was tried was taken, and nothing is tried any more. */
export async function allTaken(receiver: Receiver): Promise<void> {
  let [seen, quiet] = [0, 0];
  for (let left = 1_200; quiet < 30 && left > 0; left--) {
    await delay(100);
    const taken = takenBy(receiver);
    const isThrough = receiver.received.every(({ headers }) => taken.has(String(headers['webhook-id'])));
    quiet = isThrough && receiver.received.length === seen ? quiet + 1 : 0;
    seen = receiver.received.length;
  }
}
