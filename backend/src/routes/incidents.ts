import { on } from 'node:events';
import type { Incident, incidentRoutes } from '@clawmoor/shared/incidents.ts';
import type { Role } from '@clawmoor/shared/route.ts';
import type { Incidents } from '../features/incidents/incidents.ts';
import type { createTimeline } from '../features/incidents/timeline.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Caller } from '../lib/caller.ts';

export interface IncidentHandlerParts {
  incidents: Incidents;
  timeline: ReturnType<typeof createTimeline>;
  serversOf: (userId: string) => Promise<string[]>;
  roleOf: (serverId: string, userId: string) => Promise<Role | undefined>;
}

export function incidentHandlers({ incidents, timeline, serversOf, roleOf }: IncidentHandlerParts): Handlers<typeof incidentRoutes> {
  /** The installation's own are a super-admin's. */
  const visible = async ({ userId, isSuperAdmin }: Caller): Promise<(string | null)[]> => [
    ...(await serversOf(userId)),
    ...(isSuperAdmin ? [null] : []),
  ];
  const maySee = async ({ serverId }: Incident, { userId, isSuperAdmin }: Caller): Promise<boolean> =>
    serverId === null ? isSuperAdmin : (await roleOf(serverId, userId)) !== undefined;
  return {
    listIncidents: async ({ state, cursor, limit }, { caller }) =>
      incidents.list({ serverIds: await visible(caller), state, cursor, limit }),
    async *watchIncidents(_input, { caller, signal }) {
      // Whoever may see a server no longer must not hear of it: asked anew for every one.
      for await (const happened of on(incidents.bell, 'incident', { signal })) {
        const [incident] = happened as [Incident]; // what `emit` was given
        if (await maySee(incident, caller)) yield { event: 'incident', data: incident };
      }
    },
    listServerIncidents: ({ id, state, cursor, limit }) => incidents.list({ serverIds: [id], state, cursor, limit }),
    readIncident: ({ id }) => incidents.get(id),
    readTimeline: ({ id }, { server, signal }) => timeline(id, { role: server?.role ?? 'viewer', signal }),
    async acknowledgeIncident({ id }, { caller, note }) {
      const before = await incidents.get(id);
      note({ target: id, before: { acknowledgedBy: before.acknowledgedBy } });
      const after = await incidents.acknowledge(id, { userId: caller.userId, name: caller.firstName });
      note({ after: { acknowledgedBy: after.acknowledgedBy }, ...(before.acknowledgedAt !== null && { unchanged: true }) });
      return after;
    },
  };
}
