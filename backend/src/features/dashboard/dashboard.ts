import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Caller } from '../../lib/caller.ts';
import { iso, type Clock } from '../../lib/clock.ts';
import type { DashboardOrigin } from './dashboard-origin.ts';
import { dashboardEnded, linkUsed, noOrigin } from './dashboard.problems.ts';

const TICKET_MS = 60_000;
// A session of ours lives no longer; whoever comes back gets another link.
const VISIT_MS = 12 * 3_600_000;
// How often an open page is asked whether its reader may still read: well within the 5 s in which it must end.
const RECHECK_MS = 3_000;
const MOST_KEPT = 2_000;

export interface DashboardParts {
  clock: Clock;
  /** Throws when the session has ended. */
  callerOf: (sessionId: string) => Promise<Caller>;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
}

interface Pass {
  serverId: string;
  sessionId: string;
  expiresAt: number;
}

/** Somebody who looks at the page of one gateway. */
export interface Visit {
  serverId: string;
  /** Resolves while they may; throws `dashboard.ended`. */
  check: () => Promise<void>;
}

export type Dashboards = ReturnType<typeof createDashboards>;

/**
 * Who may look at which gateway's own page. A link is good once within a minute; what it is exchanged for is good while the session and
 * the role are. Both live in memory, as hashes: a restart closes every dashboard, and a new link is one tap away.
 */
export function createDashboards({ clock, callerOf, roleOf }: DashboardParts) {
  const tickets = new Map<string, Pass>();
  const visits = new Map<string, Pass>();
  let origin: DashboardOrigin | undefined;

  function keep(kept: Map<string, Pass>, pass: Pass): string {
    for (const [key, { expiresAt }] of kept) if (expiresAt <= clock.now()) kept.delete(key);
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    const secret = randomBytes(32).toString('base64url');
    kept.set(hashOf(secret), pass);
    return secret;
  }

  async function check({ serverId, sessionId, expiresAt }: Pass): Promise<void> {
    if (expiresAt <= clock.now()) throw dashboardEnded();
    const caller = await callerOf(sessionId).catch(() => undefined);
    const role = caller && (await roleOf(serverId, caller.userId));
    if (role !== 'admin' && role !== 'owner') throw dashboardEnded();
  }

  return {
    origin: (): DashboardOrigin | undefined => origin,
    /** Once, when the address is known: the trial learns its port by listening. */
    openAt: (opened: DashboardOrigin): void => void (origin = opened),
    /** A link that opens the page of a server's gateway once, within a minute. Throws `dashboard.no_origin`. */
    link(serverId: string, { sessionId }: Caller): { url: string; expiresAt: string } {
      if (!origin) throw noOrigin();
      const expiresAt = clock.now() + TICKET_MS;
      const ticket = keep(tickets, { serverId, sessionId, expiresAt });
      return { url: `${origin.of(serverId)}${ENTER}?ticket=${ticket}`, expiresAt: iso(expiresAt) };
    },
    /** Exchanges a link's ticket, once, for the secret of a cookie. Throws `dashboard.link_used`, `dashboard.ended`. */
    async enter(ticket: string, host: string): Promise<string> {
      const hash = hashOf(ticket);
      const pass = tickets.get(hash);
      tickets.delete(hash);
      if (!pass || pass.expiresAt <= clock.now() || !isHere(pass, host)) throw linkUsed();
      await check(pass);
      return keep(visits, { ...pass, expiresAt: clock.now() + VISIT_MS });
    },
    /** Who holds a cookie, with the rights of now. Throws `dashboard.ended`. */
    async visit(secret: string, host: string): Promise<Visit> {
      const pass = visits.get(hashOf(secret));
      if (!pass || !isHere(pass, host)) throw dashboardEnded();
      await check(pass);
      return { serverId: pass.serverId, check: () => check(pass) };
    },
    recheckMs: RECHECK_MS,
    enterPath: ENTER,
  };

  function isHere({ serverId }: Pass, host: string): boolean {
    return origin !== undefined && new URL(origin.of(serverId)).host === host;
  }
}

const ENTER = '/clawmoor/enter';

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
