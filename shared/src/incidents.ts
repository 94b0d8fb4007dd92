import * as z from 'zod/mini';
import { QueryInt, Time } from './fields.ts';
import { NOTICE_KINDS, SEVERITIES } from './notice.ts';
import { route } from './route.ts';

export const Incident = z.object({
  id: z.string(),
  /** `null`: about the installation itself. */
  serverId: z.nullable(z.string()),
  serverName: z.nullable(z.string()),
  kind: z.enum(NOTICE_KINDS),
  /** What it is about within the server: a mount point, a scheduled job; empty for the server as a whole. */
  about: z.string(),
  severity: z.enum(SEVERITIES),
  state: z.enum(['open', 'resolved']),
  /** What the sentence of its kind fills in. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  openedAt: Time,
  changedAt: Time,
  resolvedAt: z.nullable(Time),
  /** How often it came back within 10 minutes after it was resolved. */
  returned: z.number(),
  acknowledgedAt: z.nullable(Time),
  acknowledgedBy: z.nullable(z.string()),
});
export type Incident = z.output<typeof Incident>;

export const TimelineEntry = z.object({
  at: Time,
  source: z.enum(['incident', 'task', 'audit', 'gateway', 'journal']),
  /** What happened, as its source says it: `opened`, `task.failed`, `config.change`, a line of a log. */
  what: z.string(),
  /** Who did it, where that is known. */
  who: z.nullable(z.string()),
  /** The task, where it is one. */
  taskId: z.nullable(z.string()),
  level: z.enum(['info', 'warning', 'error']),
});
export type TimelineEntry = z.output<typeof TimelineEntry>;

export const Timeline = z.object({
  incident: Incident,
  from: Time,
  to: Time,
  /** The oldest first. */
  entries: z.array(TimelineEntry),
  /** Sources that could not be asked now, and why. */
  missing: z.array(z.object({ source: z.enum(['gateway', 'journal']), message: z.string() })),
});
export type Timeline = z.output<typeof Timeline>;

const page = z.strictObject({
  state: z.optional(z.enum(['open', 'resolved'])),
  cursor: z.optional(z.string().check(z.maxLength(100))),
  limit: z._default(QueryInt(1, 100), 50),
});
const Page = z.object({ incidents: z.array(Incident), nextCursor: z.nullable(z.string()) });

export const incidentRoutes = {
  listIncidents: route({
    method: 'get',
    path: '/incidents',
    summary: 'Incidents of the servers that the caller may see, and for super-admins of the installation; newest first',
    access: 'user',
    query: page,
    returns: Page,
  }),
  watchIncidents: route({
    method: 'get',
    path: '/incidents/events',
    summary: 'Incidents of the servers that the caller may see, as they open, change and resolve',
    access: 'user',
    limit: 'read',
    emits: { incident: Incident },
  }),
  listServerIncidents: route({
    method: 'get',
    path: '/servers/:id/incidents',
    summary: 'Incidents of a server, newest first',
    access: 'server:viewer',
    query: page,
    returns: Page,
  }),
  readIncident: route({
    method: 'get',
    path: '/incidents/:id',
    summary: 'One incident',
    access: 'incident:viewer',
    returns: Incident,
  }),
  readTimeline: route({
    method: 'get',
    path: '/incidents/:id/timeline',
    summary: 'What changed before it broke: incidents, tasks, audit, and what the gateway and the journal say of that time',
    access: 'incident:viewer',
    limit: 'read',
    returns: Timeline,
  }),
  acknowledgeIncident: route({
    method: 'post',
    path: '/incidents/:id/acknowledge',
    summary: 'Say that somebody looks after it: nobody else is called',
    access: 'incident:admin',
    limit: 'submit',
    audit: 'incident.acknowledge',
    body: z.strictObject({}),
    returns: Incident,
  }),
};
