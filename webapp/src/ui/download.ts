import { ticketRoutes } from '@clawmoor/shared/tickets.ts';
import { call } from '../api/session.ts';
import { atLeast, isTelegram, post } from '../telegram/bridge.ts';

/**
 * Saves a file of ours: by Telegram where it can (its web client forbids downloads from a frame), else by the browser. `path`
 * is below `/api`; the link that is made for it is good once, for a minute, and carries no session.
 */
export async function download(path: string, fileName: string): Promise<void> {
  const { url } = await call(ticketRoutes.createTicket, { body: { path } });
  const address = new URL(url, location.origin).href;
  if (isTelegram && atLeast('8.0')) return post('web_app_request_file_download', { url: address, file_name: fileName });
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
}
