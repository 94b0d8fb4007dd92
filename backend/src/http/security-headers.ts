import helmet from 'helmet';
import type { Request, RequestHandler, Response } from 'express';

// The only site that must be able to frame us: Telegram's own web client.
const TELEGRAM_WEB = 'https://web.telegram.org';

/**
 * The security headers of every answer. No X-Frame-Options: it knows no allow-list, old agents obey it, and the app would
 * be blank inside Telegram's web client; `frame-ancestors` does that work.
 */
export function securityHeaders({ domain }: { domain: string | undefined }): RequestHandler {
  const headers = headersOf(
    helmet({
      frameguard: false,
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'script-src': ["'self'"],
          'style-src': ["'self'"],
          'img-src': ["'self'", 'data:'],
          'font-src': ["'self'"],
          'connect-src': ["'self'", ...(domain === undefined ? [] : [`wss://${domain}`])],
          'manifest-src': ["'self'"],
          'base-uri': ["'none'"],
          'form-action': ["'none'"],
          'object-src': ["'none'"],
          'frame-src': ["'none'"],
          'frame-ancestors': ["'self'", TELEGRAM_WEB],
        },
      },
      referrerPolicy: { policy: 'no-referrer' },
      // Inside Telegram's frame an opener policy would cut nothing we use, and it is ignored without TLS.
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: { policy: 'same-origin' },
      strictTransportSecurity: domain === undefined ? false : { maxAge: 31_536_000 },
    }),
  );
  return function setSecurityHeaders(_request, response, next) {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** What helmet sets is the same for every request: asked once, it costs nothing afterwards (its twelve handlers are 3 µs of 40). */
function headersOf(handler: RequestHandler): [string, string][] {
  const headers: [string, string][] = [];
  const collector = { setHeader: (name: string, value: string) => headers.push([name, value]), removeHeader: () => {} };
  handler({} as Request, collector as unknown as Response, () => {});
  return headers;
}
