import * as z from 'zod/mini';
import { Accepted, Time } from './fields.ts';
import { RagConnection } from './rag-agents.ts';
import { route } from './route.ts';

export const RagHealth = z.object({
  installed: z.boolean(),
  /** It answers, and speaks what this version of Clawmoor understands. */
  running: z.boolean(),
  version: z.nullable(z.string()),
  /** What an install would bring. */
  offered: z.nullable(z.string()),
  updateAvailable: z.boolean(),
  /** `system`: a user and a service of its own. `user`, `supervised`: under the login's user, where there is no root or no systemd. */
  kind: z.nullable(z.enum(['system', 'user', 'supervised'])),
  startedAt: z.nullable(Time),
  /** Why it does not run. */
  problem: z.nullable(z.object({ code: z.string(), message: z.string(), fix: z.optional(z.string()) })),
  agents: z.number(),
  files: z.number(),
  chunks: z.number(),
  vectors: z.number(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
  diskFreeBytes: z.number(),
  /** What the service takes; `null` while it does not run. */
  limits: z.nullable(
    z.object({ fileBytes: z.number(), agentBytes: z.number(), agentFiles: z.number(), agents: z.number(), archiveBytes: z.number() }),
  ),
});
export type RagHealth = z.output<typeof RagHealth>;

export const ragRoutes = {
  installRag: route({
    method: 'post',
    path: '/servers/:id/rag/install',
    summary: 'Install the document search, or bring it up to date; where the new version does not run, the old one is put back',
    access: 'server:admin',
    limit: 'submit',
    audit: 'rag.install',
    idempotent: true,
    body: z.strictObject({}),
    returns: Accepted,
    status: 202,
  }),
  readRagHealth: route({
    method: 'get',
    path: '/servers/:id/rag/health',
    summary: 'Whether the document search runs, its version, and what it holds and takes',
    access: 'server:viewer',
    returns: RagHealth,
  }),
  listRagConnections: route({
    method: 'get',
    path: '/servers/:id/rag/connections',
    summary: 'The collections of a server and their agents, also those whose agent is gone',
    access: 'server:viewer',
    returns: z.object({ connections: z.array(RagConnection) }),
  }),
};
