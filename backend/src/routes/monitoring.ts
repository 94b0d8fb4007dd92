import type { monitoringRoutes } from '@clawmoor/shared/monitoring.ts';
import type { Incidents } from '../features/incidents/incidents.ts';
import type { Monitor } from '../features/monitor/monitor.ts';
import type { Handlers } from '../http/handlers.ts';

export function monitoringHandlers({ monitor, incidents }: { monitor: Monitor; incidents: Incidents }): Handlers<typeof monitoringRoutes> {
  return {
    async listWatched(_input, { caller }) {
      const [hours, open] = await Promise.all([monitor.samples.lastHours(caller.userId), incidents.openFor(caller.userId)]);
      const serverIds = [...new Set([...hours.keys(), ...open.keys()])];
      return {
        servers: serverIds.map((serverId) => ({
          serverId,
          ...(hours.get(serverId) ?? { cpu: [], memory: [], disk: null }),
          ...(open.get(serverId) ?? { open: 0, worst: null }),
        })),
      };
    },
    readMetrics: ({ id, from, to, step }) => monitor.samples.read(id, { from: msOf(from), to: msOf(to), step }),
    readMonitoring: ({ id }) => monitor.view(id),
    async changeMonitoring({ id, body }, { note }) {
      const { enabled, rules } = await monitor.view(id);
      note({ before: { enabled, ...(body.rules && { rules: only(rules, body.rules) }) } });
      const view = await monitor.change(id, body);
      note({ after: body });
      return view;
    },
  };
}

const msOf = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));

/** Of the rules as they stood, those that are changed. */
const only = (rules: object, changes: object): object => Object.fromEntries(Object.entries(rules).filter(([kind]) => kind in changes));
