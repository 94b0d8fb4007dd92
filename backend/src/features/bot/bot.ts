import { escapeHtml, type BotLine, type Incoming, type Message } from '../../lib/bot.ts';
import type { Clock } from '../../lib/clock.ts';
import { tongueOf, type Tongue } from '../../lib/language.ts';
import { Problem } from '../../lib/problem.ts';
import { createCommands, type CommandParts } from './commands.ts';
import { createTaps, type Tap, type TapParts } from './taps.ts';
import { botWords, fill } from './tongues.ts';

export interface BotParts extends CommandParts, TapParts {
  line: BotLine;
  clock: Clock;
  /** Who may sign in: a person of this installation. */
  isRegistered: (userId: string) => Promise<boolean>;
  tongue: (userId: string, clientCode: string | undefined) => Promise<Tongue>;
  /** They have written, or let the bot in again; or they have blocked it. */
  arrived: (userId: string) => Promise<void>;
  left: (userId: string) => Promise<void>;
}

const STRANGER_AGAIN_MS = 60_000;
const STRANGERS_REMEMBERED = 10_000;
const REPLY_WITHIN_MS = 20_000;

/** What the bot does with what people say and tap. Strangers get one short answer a minute, and nothing else. */
export function createBot(parts: BotParts) {
  const { line, clock, isRegistered, tongue, arrived, left } = parts;
  const commands = createCommands(parts);
  const tapped = createTaps(parts);
  const strangers = new Map<string, number>();

  const say = async (userId: string, message: Message): Promise<void> => {
    const { is } = await line.send(userId, message, AbortSignal.timeout(REPLY_WITHIN_MS));
    if (is === 'unreachable') await left(userId);
  };

  async function turnAway(incoming: Incoming): Promise<void> {
    const { from } = incoming;
    const words = botWords[tongueOf(undefined, from.languageCode)];
    if (incoming.is === 'tap') return incoming.answer(words.stranger);
    if (incoming.is === 'blocked' || incoming.is === 'unblocked') return;
    const now = clock.monotonic();
    if (now - (strangers.get(from.id) ?? Number.NEGATIVE_INFINITY) < STRANGER_AGAIN_MS) return;
    if (strangers.size >= STRANGERS_REMEMBERED) strangers.clear();
    strangers.set(from.id, now);
    // Who comes with an invitation gets in by it: the app knows whether it is good.
    const payload = incoming.is === 'command' && /^inv_[\w-]{1,80}$/.test(incoming.payload) ? incoming.payload : undefined;
    const hello = escapeHtml(fill(words.hello, { name: from.firstName }));
    const reply = payload === undefined ? { html: words.stranger } : { html: hello, buttons: [[{ text: words.open, opens: payload }]] };
    await line.send(from.id, reply, AbortSignal.timeout(REPLY_WITHIN_MS));
  }

  async function onTap(tap: Tap, words: (typeof botWords)[Tongue]): Promise<void> {
    if (await tapped(tap, words)) return;
    const [, which] = /^mute\.(all|srv_[\w-]{20})$/.exec(tap.data) ?? [];
    if (which === undefined) return tap.answer(words.gone);
    try {
      const { text, message } = await commands.toggle(tap.from.id, which, words);
      await tap.answer(text);
      if (tap.messageId !== undefined) await line.edit(tap.from.id, tap.messageId, message, AbortSignal.timeout(REPLY_WITHIN_MS));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await tap.answer(words.gone);
    }
  }

  return async function hear(incoming: Incoming): Promise<void> {
    const { from } = incoming;
    if (!(await isRegistered(from.id))) return turnAway(incoming);
    if (incoming.is === 'blocked') return left(from.id);
    await arrived(from.id);
    if (incoming.is === 'unblocked') return;
    const words = botWords[await tongue(from.id, from.languageCode)];
    if (incoming.is === 'tap') return onTap(incoming, words);
    const reply = incoming.is === 'command' ? await commands.reply(incoming.name, from, incoming.payload, words) : undefined;
    await say(from.id, reply ?? { html: words.what });
  };
}
