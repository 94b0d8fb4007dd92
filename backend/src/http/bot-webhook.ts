import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler } from 'express';
import { Problem } from '../lib/problem.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
// Telegram's updates are a few kilobytes.
const BODY_BYTES = 256 * 1024;

/** `POST /api/bot/webhook`, for Telegram alone: it sends the secret that we gave it (S10). Without a webhook there is no such page. */
export function botWebhook({ secret, take }: { secret: string | undefined; take: (update: unknown) => Promise<void> }): RequestHandler[] {
  const check: RequestHandler = (request, _response, next) => {
    if (secret === undefined) throw new Problem('route.not_found', 'There is nothing at POST /bot/webhook');
    const given = request.get('x-telegram-bot-api-secret-token') ?? '';
    if (!timingSafeEqual(digest(given), digest(secret))) throw new Problem('auth.token_invalid', 'Only Telegram may call this');
    next();
  };
  return [
    check,
    express.json({ limit: BODY_BYTES }),
    async (request, response) => {
      await take(request.body);
      response.setHeader('Cache-Control', 'no-store');
      response.status(200).json({ ok: true });
    },
  ];
}
