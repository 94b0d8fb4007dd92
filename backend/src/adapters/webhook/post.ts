import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as secure } from 'node:tls';
import type { Dial } from '../../lib/egress.ts';
import { Problem } from '../../lib/problem.ts';
import type { WebhookPost } from '../../lib/webhook-post.ts';

const WITHIN_MS = 15_000;
// Nobody reads what a receiver has to say; a little of it must be taken so that it can say it.
const MOST_ANSWER = 64 * 1024;

/**
 * Calls whatever address the dialler lets through: the one that was checked is the one that is spoken to. A redirect is an answer like
 * any other and is not followed.
 */
export function createWebhookPost({ dial, ca }: { dial: Dial; ca?: string | undefined }): WebhookPost {
  return async ({ url, method = 'POST', headers, body, signal: given }) => {
    const startedAt = performance.now();
    const signal = AbortSignal.any([given, AbortSignal.timeout(WITHIN_MS)]);
    const ms = (): number => Math.round(performance.now() - startedAt);
    try {
      const { protocol, hostname, port, pathname, search, host } = new URL(url);
      const isSecure = protocol === 'https:';
      const name = hostname.replace(/^\[|\]$/g, '');
      const socket = await dial({ host: name, port: Number(port) || (isSecure ? 443 : 80), signal });
      const length = String(Buffer.byteLength(body));
      const options: RequestOptions = {
        method,
        path: `${pathname}${search}`,
        headers: { ...headers, host, ...(method === 'POST' && { 'content-length': length }), connection: 'close' },
        signal,
        createConnection: () =>
          // `host` is what the certificate is held against; an address is no name that could be asked for (SNI).
          isSecure ? secure({ socket, host: name, ...(isIP(name) ? {} : { servername: name }), ...(ca !== undefined && { ca }) }) : socket,
      };
      const status = await exchange(isSecure, options, { body, socket });
      return { status, error: undefined, ms: ms() };
    } catch (error) {
      given.throwIfAborted();
      return { status: undefined, error: whyFailed(error), ms: ms() };
    }
  };
}

function exchange(isSecure: boolean, options: RequestOptions, { body, socket }: { body: string; socket: Socket }): Promise<number> {
  return new Promise((resolve, reject) => {
    const end = (error: unknown): void => {
      socket.destroy();
      reject(error);
    };
    const request = (isSecure ? secureRequest : plainRequest)(options, (response) => {
      let taken = 0;
      const finish = (): void => {
        socket.destroy();
        resolve(response.statusCode ?? 0);
      };
      response.on('data', (chunk: Buffer) => void ((taken += chunk.length) > MOST_ANSWER && finish()));
      response.once('end', finish).once('error', finish);
    });
    // A receiver that answers 101 ends the request without an answer and without an error.
    request
      .once('upgrade', () => end(new Error('the answer was not HTTP')))
      .once('close', () => end(new Error('the connection was closed')));
    request.once('error', end).end(body);
  });
}

/** In words that show nothing of what is behind an address that we may not ask. */
function whyFailed(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return `no answer within ${WITHIN_MS / 1000} s`;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `the connection failed (${code})` : 'the answer was not HTTP';
}
