import type { Role } from '@clawmoor/shared/route.ts';
import { iso } from '../../lib/clock.ts';
import type { Notice } from '../../lib/notice.ts';

interface Body {
  type: string;
  timestamp: string;
  data: Record<string, unknown> & { server: { id: string; name: string } | null };
}

/** All that is said of a notice. `text` is its sentence. */
export function bodyOf({ subject, kind, severity, phase, server, facts, at }: Notice, text: string): string {
  const body: Body = {
    type: `${kind}.${phase}`,
    timestamp: iso(at),
    data: { subject, kind, severity, phase, server: server ?? null, facts, text },
  };
  return JSON.stringify(body);
}

/** Who of a server may read all of it: the role that people need to be told of it. `undefined`: it is about no server. */
export function roleFor({ audience, server }: Notice): Role | undefined {
  if (!server) return undefined;
  return 'role' in audience ? audience.role : 'viewer';
}

export const serverIn = (body: string): string | undefined => parsed(body).data.server?.id;

/** That something happened on a server, and how bad it is: no name, no numbers, no words. */
export function bareBody(body: string): string {
  const { type, timestamp, data } = parsed(body);
  const { subject, kind, severity, phase, server } = data;
  return JSON.stringify({ type, timestamp, data: { subject, kind, severity, phase, server: server && { id: server.id } } });
}

const parsed = (body: string): Body => JSON.parse(body) as Body; // written by `bodyOf`
