import { createHash } from 'node:crypto';

/**
 * Where the web pages of gateways live. `https://*.gateways.example.org`: each server has a name of its own, so that no gateway's page
 * can touch another's. Without the star all share one, and a browser holds one gateway at a time.
 */
export interface DashboardOrigin {
  /** The origin of one server's page. */
  of: (serverId: string) => string;
  /** Whether a Host header names one of them. */
  matches: (host: string) => boolean;
  shared: boolean;
}

/** The label is no secret, but tells nothing of the server: names of hosts are seen on the way. */
const labelOf = (serverId: string): string => `g-${createHash('sha256').update(`dashboard ${serverId}`).digest('hex').slice(0, 20)}`;

export function dashboardOrigin(pattern: string): DashboardOrigin {
  const shared = !pattern.includes('*.');
  const hostOf = (origin: string): string => new URL(origin).host;
  const rest = hostOf(pattern.replace('*.', ''));
  return {
    shared,
    of: (serverId) => (shared ? new URL(pattern).origin : new URL(pattern.replace('*', labelOf(serverId))).origin),
    matches: (host) => (shared ? host === rest : host.endsWith(`.${rest}`) && /^g-[0-9a-f]{20}$/.test(host.slice(0, -rest.length - 1))),
  };
}
