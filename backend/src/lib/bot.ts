/** `tap` comes back to us when it is pressed: at most 64 bytes. `opens` is a `startapp` parameter: a screen of the app. */
export type Button = { text: string } & ({ tap: string } | { opens: string });

export interface Message {
  /** Telegram's HTML; at most 4096 characters are left when the tags are taken off. */
  html: string;
  buttons?: Button[][];
  silent?: boolean;
}

/** What is known about a message after one attempt to send or to edit it. */
export type Outcome =
  | { is: 'sent'; messageId: number }
  /** Certainly not there: nothing was accepted. */
  | { is: 'later'; why: string }
  /** Telegram asks us to wait. */
  | { is: 'flood'; afterMs: number }
  /** Blocked, deactivated, never started: nothing gets through until they write to us. */
  | { is: 'unreachable'; why: string }
  /** There is no such message any more, or it is too old to be edited. */
  | { is: 'uneditable'; why: string }
  /** Telegram does not accept what we have written: trying again changes nothing. */
  | { is: 'refused'; why: string }
  /** The connection broke, and nobody knows whether it arrived. */
  | { is: 'unknown'; why: string };

/** Where messages to people leave. `adapters/telegram` is the real one. A person's chat has their own id. */
export interface BotLine {
  send(userId: string, message: Message, signal: AbortSignal): Promise<Outcome>;
  edit(userId: string, messageId: number, message: Message, signal: AbortSignal): Promise<Outcome>;
}

export interface Sender {
  id: string;
  firstName: string;
  languageCode: string | undefined;
}

/** What a person did in their chat with the bot. */
export type Incoming =
  | { is: 'command'; name: string; payload: string; from: Sender }
  | { is: 'text'; from: Sender }
  /** Pressed a button; `answer` ends the spinner on it, with a short text where there is one. */
  | { is: 'tap'; data: string; messageId: number | undefined; from: Sender; answer: (text?: string) => Promise<void> }
  | { is: 'blocked' | 'unblocked'; from: Sender };

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text as it may stand in `Message.html`. */
export const escapeHtml = (text: string): string => text.replace(/[&<>]/g, (sign) => ESCAPES[sign] ?? sign);

// Letters, spaces and a few digits: of anything else (`db.example.com`, `/start`, `@name`, a number) Telegram may make a link.
const PLAIN = /^(?!(?:.*\d){5})[\p{L}\p{M}\d _-]*$/u;

/** A text that somebody else has chosen, as it may stand in `Message.html`: nothing in it becomes a link or a command to tap. */
export const foreignHtml = (text: string, { bold = false } = {}): string =>
  !PLAIN.test(text) ? `<code>${escapeHtml(text)}</code>` : bold ? `<b>${escapeHtml(text)}</b>` : escapeHtml(text);
