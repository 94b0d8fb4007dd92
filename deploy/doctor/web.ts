import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { rootCertificates, type PeerCertificate, type TLSSocket } from 'node:tls';
import { fail, ok, warn, type Finding, type Installation } from './check.ts';

const TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;
// Caddy renews 30 days before the end: less than this means that renewing fails.
const RENEWED_WHEN_DAYS_LEFT = 14;
const TELEGRAM_WEB = 'https://web.telegram.org';
const DNS = 'Its DNS record (A or AAAA) must lead to this machine, and port 443 must be open.';

interface Page {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  certificate: PeerCertificate;
  /** Why the chain is not trusted. */
  distrust: string | undefined;
}

/** The public address as Telegram's clients see it: reachable, trusted, not about to expire, and allowed into Telegram's frame. */
export async function checkWeb(installation: Installation): Promise<Finding[]> {
  const { APP_DOMAIN: domain } = installation.settings;
  if (!domain) return [fail('address', 'there is no APP_DOMAIN', 'Put the public host name into the settings.')];
  let page: Page;
  try {
    page = await read(installation, domain, '/');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // what node:https rejects with
    return [fail('address', `https://${domain}/ cannot be reached (${code ?? message})`, DNS)];
  }
  const health = await read(installation, domain, '/api/health').catch(() => undefined);
  return [address(domain, page), certificate(page), framing(page.headers), service(health)];
}

function address(domain: string, { status, body }: Page): Finding {
  if (status === 200 && body.includes('<script')) return ok('address', `https://${domain}/ shows the app`);
  return fail(
    'address',
    `https://${domain}/ answers ${status} without the app`,
    'Another program answers there. See: systemctl status caddy',
  );
}

function certificate({ certificate: { valid_to: end, issuer }, distrust }: Page): Finding {
  const days = Math.floor((Date.parse(end) - Date.now()) / DAY_MS);
  const by = [issuer.O ?? issuer.CN].flat().join();
  if (distrust !== undefined)
    return fail('certificate', `not trusted (${distrust}), by ${by}: Telegram does not open the app`, `${DNS} Then: journalctl -u caddy`);
  if (days < RENEWED_WHEN_DAYS_LEFT && by !== 'Caddy Local Authority')
    return warn('certificate', `ends in ${days} days`, 'It should have been renewed. See: journalctl -u caddy');
  return ok('certificate', `by ${by}, ${days} days left`);
}

function framing(headers: IncomingHttpHeaders): Finding {
  const policy = String(headers['content-security-policy'] ?? '');
  const ancestors = policy.split(';').find((part) => part.trim().startsWith('frame-ancestors')) ?? '';
  if (headers['x-frame-options'] !== undefined)
    return fail('framing', 'X-Frame-Options makes the app blank in Telegram Web', 'A proxy in front adds it: take it out there.');
  if (!ancestors.includes(TELEGRAM_WEB))
    return fail(
      'framing',
      `frame-ancestors does not name ${TELEGRAM_WEB}`,
      'A proxy in front changes Content-Security-Policy: let it pass.',
    );
  return ok('framing', 'Telegram Web may show the app, nobody else');
}

function service(health: Page | undefined): Finding {
  const status = /"status":"(\w+)"/.exec(health?.body ?? '')?.[1];
  if (status === 'ok') return ok('service', 'answers through the proxy');
  return fail('service', `does not answer well (${status ?? health?.status ?? 'no answer'})`, 'See: clawmoorctl logs -n 50');
}

function read({ connect, authority }: Installation, domain: string, path: string): Promise<Page> {
  const [host, port] = (connect ?? `${domain}:443`).split(':');
  return new Promise((resolve, reject) => {
    const asked = request({
      host,
      port: Number(port ?? 443),
      path,
      servername: domain,
      headers: { host: domain },
      // Whom the phones trust: not what this machine's own list may have been given besides.
      ca: [...rootCertificates, ...(authority === undefined ? [] : [authority])],
      // An untrusted chain is a finding with a reason, not a failed request.
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
      agent: false,
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer')));
    asked.once('error', reject);
    asked.once('response', (response) => {
      const socket = response.socket as TLSSocket; // it is https
      const seen = {
        certificate: socket.getPeerCertificate(),
        distrust: socket.authorized ? undefined : String(socket.authorizationError ?? 'unknown'),
      };
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body = (body + text).slice(0, 100_000)));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body, ...seen }));
    });
    asked.end();
  });
}
