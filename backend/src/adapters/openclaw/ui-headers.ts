import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Nothing else goes to the gateway: no cookie, no Origin, no word of a proxy (it answers those with 403). */
const TO_GATEWAY = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-length',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'range',
  'user-agent',
]);

export function headersToGateway(
  headers: IncomingHttpHeaders,
  { port, token }: { port: number; token: string | undefined },
): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => TO_GATEWAY.has(name) || name.startsWith('x-openclaw-'));
  return { ...Object.fromEntries(kept), host: `127.0.0.1:${port}`, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
}

/** What would act on more than this one page: cookies of our domain, other sites' rights, the connection itself. */
const NOT_TO_BROWSER = new Set([
  'alt-svc',
  'clear-site-data',
  'connection',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'report-to',
  'reporting-endpoints',
  'set-cookie',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
  'x-frame-options',
]);

/** The page's own policy stands; that it may not be framed by others is added. */
export function headersToBrowser(headers: IncomingHttpHeaders, port: number): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !NOT_TO_BROWSER.has(name) && !name.startsWith('access-control-'));
  const { location, 'content-security-policy': policy, ...rest } = Object.fromEntries(kept);
  const policies = [...(policy === undefined ? [] : [String(policy)]), "frame-ancestors 'self'"].join(', ');
  const place = location === undefined ? undefined : ownPlace(String(location), port);
  return {
    ...rest,
    ...(place !== undefined && { location: place }),
    'content-security-policy': policies,
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/** A redirect within the gateway's own page; any other would lead the person away under our name. */
function ownPlace(location: string, port: number): string | undefined {
  const here = `http://127.0.0.1:${port}`;
  if (!URL.canParse(location, here)) return undefined;
  const { origin, pathname, search, hash } = new URL(location, here);
  return origin === here ? `${pathname}${search}${hash}` : undefined;
}
