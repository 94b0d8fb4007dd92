import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import type { FileAnswer } from '@clawmoor/shared/route.ts';

/** Sends a file as a download. A failure half-way cuts the connection, so that nobody takes the part for the whole. */
export async function sendFile(request: Request, response: Response, { filename, type, size, stream }: FileAnswer): Promise<void> {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Disposition', disposition(filename));
  response.setHeader('Cache-Control', 'no-store');
  if (size !== undefined) response.setHeader('Content-Length', size);
  // Telegram's web client fetches the file itself, from its own origin; the ticket in the address is the whole secret.
  if (request.query['ticket'] !== undefined) response.setHeader('Access-Control-Allow-Origin', 'https://web.telegram.org');
  if (request.method === 'HEAD') return void response.end();
  await pipeline(stream, response);
}

/** Sends a page that is shown, not downloaded. */
export async function sendPage(request: Request, response: Response, { type, size, stream }: FileAnswer): Promise<void> {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-store');
  if (size !== undefined) response.setHeader('Content-Length', size);
  if (request.method === 'HEAD') return void response.end();
  await pipeline(stream, response);
}

/** RFC 6266: an ASCII name for old clients, the real one beside it. */
function disposition(filename: string): string {
  const ascii = filename.replace(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(filename).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
