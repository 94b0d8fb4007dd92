import * as z from 'zod/mini';
import { Time } from './fields.ts';
import { GatewayStatus } from './openclaw.ts';
import { route } from './route.ts';

/** What can be the matter with a gateway. */
export const DIAGNOSIS_CODES = [
  'diagnosis.port_taken',
  'diagnosis.config_invalid',
  'diagnosis.files_missing',
  'diagnosis.node_unsuitable',
  'diagnosis.disk_full',
  'diagnosis.out_of_memory',
  'diagnosis.crash_loop',
  'diagnosis.no_service',
  'diagnosis.stopped',
  'diagnosis.starting',
] as const;
export type DiagnosisCode = (typeof DIAGNOSIS_CODES)[number];

export const Diagnosis = z.object({
  status: GatewayStatus,
  /** What keeps the gateway running; `none`: nothing of ours. */
  service: z.enum(['user', 'system', 'supervised', 'none']),
  running: z.boolean(),
  /** Survives a logout and a reboot. */
  enabled: z.boolean(),
  startedAt: z.nullable(Time),
  /** Since the service was last started by hand; `null`: not known. */
  restarts: z.nullable(z.number()),
  lastExit: z.nullable(z.string()),
  crashLoop: z.boolean(),
  outOfMemory: z.boolean(),
  /** What is most likely wrong, and what to do; `null` where nothing is. */
  finding: z.nullable(z.object({ code: z.enum(DIAGNOSIS_CODES), message: z.string(), fix: z.string() })),
  /** The last lines of its log, secrets taken out. */
  log: z.array(z.string()),
});
export type Diagnosis = z.output<typeof Diagnosis>;

export const openclawDiagnosisRoutes = {
  diagnoseGateway: route({
    method: 'get',
    path: '/servers/:id/openclaw/diagnosis',
    summary: 'Why the gateway is down, as its service and its log tell, also when it cannot say itself',
    access: 'server:admin',
    limit: 'submit',
    returns: Diagnosis,
  }),
  preflightRestart: route({
    method: 'get',
    path: '/servers/:id/openclaw/restart/preflight',
    summary: 'What a restart would interrupt',
    access: 'server:viewer',
    forwards: 'gateway.restart.preflight',
    returns: z.object({ safe: z.boolean(), summary: z.string(), counts: z.record(z.string(), z.number()), blockers: z.array(z.unknown()) }),
  }),
};
