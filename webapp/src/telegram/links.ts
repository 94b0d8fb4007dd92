import { atLeast, isTelegram, post } from './bridge.ts';

/** Opens an address of t.me in Telegram itself, elsewhere in a new tab. Only from a press: browsers forbid it otherwise. */
export function openTelegramLink(address: string): void {
  const { pathname, search, href } = new URL(address);
  if (isTelegram && atLeast('6.1')) post('web_app_open_tg_link', { path_full: pathname + search });
  else window.open(href, '_blank', 'noopener');
}

/** Telegram's own list of chats, to send a link with a few words to. */
export const shareLink = (link: string, words: string): void =>
  openTelegramLink(`https://t.me/share/url?url=${encodeURIComponent(link)}&text=${encodeURIComponent(words)}`);
