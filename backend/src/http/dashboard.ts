import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { GatewayUi } from '../lib/gateway-ui.ts';
import { Problem } from '../lib/problem.ts';

/** What is known of people who look at a gateway's page. `features/dashboard` is the real one. */
export interface DashboardVisits {
  origin: () => { matches: (host: string) => boolean; shared: boolean; of: (serverId: string) => string } | undefined;
  enter: (ticket: string, host: string) => Promise<string>;
  visit: (secret: string, host: string) => Promise<{ serverId: string; check: () => Promise<void> }>;
  recheckMs: number;
  /** Our own path for links; everything else belongs to the gateway's page. */
  enterPath: string;
}

export interface DashboardParts {
  dashboards: DashboardVisits;
  ui: GatewayUi;
  log: Logger;
  stopping: AbortSignal;
}

const READS = new Set(['GET', 'HEAD']);
const METHODS = new Set([...READS, 'POST', 'PUT', 'PATCH', 'DELETE']);
const MOST_SOCKETS = 200;

/** The gateways' own web pages, on an origin that serves nothing else. Addresses are never logged: a link's holds its ticket. */
export function createDashboardServer({ dashboards, ui, log, stopping }: DashboardParts) {
  let open = 0;
  const isHere = (request: IncomingMessage): boolean => dashboards.origin()?.matches(request.headers.host ?? '') ?? false;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = request.headers.host ?? '';
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://here');
    if (pathname === dashboards.enterPath) return enter(response, { host, ticket: searchParams.get('ticket') ?? '' });
    if (!METHODS.has(request.method ?? '')) throw new Problem('route.method_not_allowed', 'This is not possible here');
    if (!READS.has(request.method ?? '')) refuseStrangers(request);
    const { serverId } = await dashboards.visit(cookieOf(request), host);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await ui.carry(serverId, request, response, AbortSignal.any([gone.signal, stopping]));
  }

  /** The ticket is gone from the address bar, and from what the page can see of its own history, before anything of the gateway loads. */
  async function enter(response: ServerResponse, { host, ticket }: { host: string; ticket: string }): Promise<void> {
    const secret = await dashboards.enter(ticket, host);
    const secure = isSecure(dashboards);
    const cookie = `${cookieName(secure)}=${secret}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
    response.writeHead(303, {
      ...PLAIN,
      Location: `/#token=${PLACEHOLDER}`,
      'Set-Cookie': cookie,
      // One name for several gateways: what the last one's page left in the browser is not for the next.
      ...(dashboards.origin()?.shared && { 'Clear-Site-Data': '"cache", "storage"' }),
    });
    response.end();
  }

  function refuseStrangers(request: IncomingMessage): void {
    const origin = request.headers.origin;
    const scheme = isSecure(dashboards) ? 'https' : 'http';
    if (origin !== `${scheme}://${request.headers.host}`) throw new Problem('auth.required', 'This came from another page');
  }

  function cookieOf(request: IncomingMessage): string {
    const name = cookieName(isSecure(dashboards));
    const found = (request.headers.cookie ?? '').split(/;\s*/).find((item) => item.startsWith(`${name}=`));
    return found?.slice(name.length + 1) ?? '';
  }

  async function join(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    refuseStrangers(request);
    const { serverId, check } = await dashboards.visit(cookieOf(request), request.headers.host ?? '');
    if (open >= MOST_SOCKETS) throw new Problem('internal.busy', 'Too many dashboards are open');
    const ended = new AbortController();
    const checking = setInterval(() => check().catch(() => ended.abort()), dashboards.recheckMs);
    open++;
    try {
      await ui.carrySocket(serverId, request, { socket, head, signal: AbortSignal.any([ended.signal, stopping]) });
    } finally {
      open--;
      clearInterval(checking);
    }
  }

  return {
    isHere,
    /** Answers a request whose Host header names one of the dashboards. */
    request(request: IncomingMessage, response: ServerResponse): void {
      answer(request, response).catch((error: unknown) => {
        if (response.headersSent) return void response.destroy();
        const { status, text } = said(error, log);
        // What is left of a body that was refused must not be taken for the next request.
        const rest = request.complete ? {} : { Connection: 'close' };
        response.writeHead(status, { ...PLAIN, ...rest, 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
      });
    },
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      socket.on('error', () => socket.destroy());
      const refuse = (status: number): void =>
        void socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      if (!isHere(request)) return refuse(404);
      join(request, socket, head).catch((error: unknown) => refuse(said(error, log).status));
    },
  };
}

/** The page asks for a token before it tries to connect; ours is put in on the way, so any word will do. */
const PLACEHOLDER = 'clawmoor';

const PLAIN = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

const isSecure = (dashboards: DashboardVisits): boolean => dashboards.origin()?.of('').startsWith('https:') ?? false;
const cookieName = (secure: boolean): string => `${secure ? '__Host-' : ''}clawmoor-dashboard`;

function said(error: unknown, log: Logger): { status: number; text: string } {
  if (error instanceof Problem) return { status: error.status, text: `${error.message}.\n${error.fix ?? ''}\n` };
  log.error({ err: error }, 'a dashboard could not be answered');
  return { status: 500, text: 'Something went wrong.\n' };
}
