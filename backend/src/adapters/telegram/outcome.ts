import { GrammyError, HttpError } from 'grammy/web';
import type { Outcome } from '../../lib/bot.ts';

// Nothing was written to anybody: the connection never stood.
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'CERT_HAS_EXPIRED']);
const DEFAULT_FLOOD_MS = 30_000;

/** What a failed call of the Bot API means for the message that it was about. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof GrammyError) return outcomeOfAnswer(error);
  const why = whyFailed(error);
  return error instanceof HttpError && NEVER_CONNECTED.has(codeOf(error.error) ?? '') ? { is: 'later', why } : { is: 'unknown', why };
}

function outcomeOfAnswer({ error_code: code, description, parameters }: GrammyError): Outcome {
  const why = description.slice(0, 200);
  if (code === 429)
    return { is: 'flood', afterMs: parameters.retry_after === undefined ? DEFAULT_FLOOD_MS : parameters.retry_after * 1000 };
  if (code === 403) return { is: 'unreachable', why };
  if (code !== 400) return { is: 'later', why };
  if (/chat not found|PEER_ID_INVALID|user not found|bot was (blocked|kicked)|USER_IS_BLOCKED/i.test(description)) {
    return { is: 'unreachable', why };
  }
  if (/message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i.test(description)) return { is: 'uneditable', why };
  return { is: 'refused', why };
}

/** The chat shows already what an edit would make it show. */
export const isUnchanged = (error: unknown): boolean =>
  error instanceof GrammyError && error.error_code === 400 && /message is not modified/i.test(error.description);

/** In words, without the token: an address of the Bot API holds it. */
export function whyFailed(error: unknown): string {
  if (error instanceof GrammyError) return `Telegram answered ${error.error_code}: ${error.description}`.slice(0, 200);
  const cause = error instanceof HttpError ? error.error : error;
  if (cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError')) return 'Telegram did not answer in time';
  return `Telegram could not be reached (${codeOf(cause) ?? 'the answer was not readable'})`;
}

/** `fetch` hides what went wrong in the cause of its error. */
const codeOf = (error: unknown): string | undefined => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : cause === undefined ? undefined : codeOf(cause);
};
